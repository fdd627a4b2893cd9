package dev.evergate.app;

import dev.evergate.store.SqlStore;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The store as readiness sees it. */
record ProvenStore(SqlStore journal, Path folder) implements ReadinessMonitor.Store {
    private static final Logger log = LoggerFactory.getLogger(ProvenStore.class);

    @Override
    public void proveWritable() {
        journal.proveWritable();
    }

    @Override
    public long freeBytes() {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            log.debug("Free space is not known: {}", e.getMessage());
            return Long.MAX_VALUE; // the write was possible, and that counts
        }
    }
}
