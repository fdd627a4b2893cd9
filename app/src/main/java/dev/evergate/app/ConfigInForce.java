package dev.evergate.app;

import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.history.Entry;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.SourceReading;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Instant;

/**
 * The configuration a generation was started with, its files, and where good ones are kept.
 * Thread-safe; both methods read or write files.
 */
record ConfigInForce(ConfigFiles files, StartConfig start, ConfigHistory history) {
    private static final Logger log = LoggerFactory.getLogger(ConfigInForce.class);

    /** It has served long enough to be what a later start may fall back to. */
    void proven(Instant now) {
        try {
            String hash = start.sources().hash();
            boolean isKnown =
                    history.good()
                            .findFirst()
                            .filter(kept -> kept.entry().hash().equals(hash))
                            .isPresent();
            if (!isKnown) {
                Entry kept =
                        history.add(
                                now,
                                Entry.Origin.START,
                                "",
                                hash,
                                "",
                                Entry.State.PROVEN,
                                start.sources().texts());
                log.info("Configuration {} has proven itself; a copy is kept", kept.number());
            }
        } catch (IOException e) {
            log.warn("The proven configuration cannot be kept: {}", e.toString());
        }
    }

    /** Says what a file that was edited would mean; a restart brings it into force. */
    void compareWithFile() {
        switch (files.read()) {
            case SourceReading.Read(var sources) ->
                    log.info(
                            "Configuration {} {}",
                            files.root(),
                            sources.hash().equals(start.sources().hash())
                                    ? "is as it was"
                                    : "has changed; in force with: evergate gateway restart");
            case SourceReading.Missing missing -> log.warn("{} is missing", missing.root());
            case SourceReading.Unusable unusable -> log.warn("{}", unusable.problem());
        }
    }
}
