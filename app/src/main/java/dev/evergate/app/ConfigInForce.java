package dev.evergate.app;

import dev.evergate.core.config.ConfigFile;
import dev.evergate.core.config.ConfigHistory;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.fault.EvergateException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;

/**
 * The configuration a generation was started with, its file, and where good ones are kept.
 * Thread-safe; both methods read or write files.
 */
record ConfigInForce(ConfigFile file, StartConfig start, ConfigHistory history) {
    private static final Logger log = LoggerFactory.getLogger(ConfigInForce.class);

    /** It has served long enough to be what a later start may fall back to. */
    void proven() {
        try {
            if (history.keep(start.text())) {
                log.info("This configuration has proven itself; a copy is kept");
            }
        } catch (IOException e) {
            log.warn("The proven configuration cannot be kept: {}", e.toString());
        }
    }

    /** Says what a file that was edited would mean; a restart brings it into force. */
    void compareWithFile() {
        try {
            String now = file.load(ConfigOverrides.NONE).text();
            log.info(
                    "Configuration {} {}",
                    file.path(),
                    now.equals(start.text())
                            ? "is as it was"
                            : "has changed; in force with: evergate gateway restart");
        } catch (EvergateException e) {
            log.warn("{}", e.getMessage());
        }
    }
}
