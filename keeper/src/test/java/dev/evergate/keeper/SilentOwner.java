package dev.evergate.keeper;

import dev.evergate.keeper.os.FileLock;
import dev.evergate.keeper.os.PacketSocket;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.owner.OwnerRecord;
import dev.evergate.keeper.time.HostTime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An owner that holds the lock and the socket and answers nothing, for tests.
 *
 * <p>Arguments: the state directory, whom its file names (a pid, 0 for itself), and a command to
 * start as its child, if any; it ends with that child's exit code.
 */
public final class SilentOwner {
    private SilentOwner() {}

    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args);
        StateDirectory state = new StateDirectory(Path.of(arguments.get(0)));
        state.create();
        FileLock lock = FileLock.tryLock(state.lock()).orElseThrow();
        OwnerRecord owner = OwnerRecord.ofThisProcess("silent", "test");
        long named = Long.parseLong(arguments.get(1));
        if (named != 0) {
            long ticks = ProcessTable.find(named).orElseThrow().startTicks();
            owner = new OwnerRecord(named, ticks, owner.bootId(), "named", "test", 7, "");
        }
        state.writeOwner(owner);
        PacketSocket socket = PacketSocket.listen(state.socket(), 1);
        Files.writeString(state.root().resolve("silent"), "");
        if (arguments.size() > 2) {
            ProcessBuilder child = new ProcessBuilder(arguments.subList(2, arguments.size()));
            System.exit(child.inheritIO().start().waitFor());
        }
        HostTime.sleep(300_000);
        socket.close();
        lock.close();
    }
}
