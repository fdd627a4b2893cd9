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
 * How long messages, entries of the audit log and log files are kept. Thread-safe; blocks on the
 * disk.
 *
 * @param generation that forgets the rest
 * @param logs the folder of log files
 */
record Retention(Time time, SqlStore journal, long generation, Path logs) {
    private static final Logger log = LoggerFactory.getLogger(Retention.class);

    /** Forgets what is older; what cannot be forgotten now is said in the log. */
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
