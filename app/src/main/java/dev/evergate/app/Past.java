package dev.evergate.app;

import dev.evergate.app.observe.OldLogs;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.time.Time;
import dev.evergate.store.SqlStore;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What is too old to be of use. Thread-safe; blocks on the disk.
 *
 * @param generation that forgets it
 * @param logs the folder of log files
 */
record Past(Time time, SqlStore journal, long generation, Path logs) {
    private static final Logger log = LoggerFactory.getLogger(Past.class);

    /** Forgets it; what cannot be forgotten now is said in the log. */
    void forget(Epoch epoch) {
        try {
            int messages = journal.prune(epoch, time.wallMillis());
            journal.pruneAudit(epoch, time.wallMillis(), generation);
            log.info("Forgot {} messages that met their fate long ago", messages);
        } catch (EvergateException e) {
            log.warn("Nothing was forgotten this time: {}", e.getMessage());
        }
        try {
            log.info("Deleted {} old log files", OldLogs.delete(logs, time.wallMillis()));
        } catch (IOException e) {
            log.warn("Old log files cannot be deleted: {}", e.toString());
        }
    }
}
