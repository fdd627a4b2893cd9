package dev.evergate.store;

import dev.evergate.core.journal.Journal;
import dev.evergate.core.time.World;
import dev.evergate.testkit.journal.JournalContract;

import java.nio.file.Path;

/** Holds SQLite to the contract. */
final class SqlStoreContractTest extends JournalContract {
    @Override
    protected Journal open(Path directory, World world) {
        return SqlStore.open(directory.resolve("data"), world);
    }
}
