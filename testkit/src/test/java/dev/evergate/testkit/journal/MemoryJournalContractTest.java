package dev.evergate.testkit.journal;

import dev.evergate.core.journal.Journal;
import dev.evergate.core.time.World;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What simulations rely on keeps the same rules as what people's messages are kept in. */
class MemoryJournalContractTest extends JournalContract {
    private final Map<Path, MemoryDisk> disks = new ConcurrentHashMap<>();

    @Override
    protected Journal open(Path directory, World world) {
        return new MemoryJournal(disks.computeIfAbsent(directory, _ -> new MemoryDisk()));
    }
}
