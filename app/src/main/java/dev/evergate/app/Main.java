package dev.evergate.app;

import dev.evergate.core.time.ExitGuard;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.ProcessControl;

import org.slf4j.LoggerFactory;

import java.util.List;

/**
 * One generation of the gateway as a process. Started by a keeper; by hand only with {@code
 * --no-keeper}.
 */
public final class Main {
    private Main() {}

    public static void main(String[] words) throws InterruptedException {
        boolean hasKeeper = KeeperDoor.isOffered(System.getenv());
        if (hasKeeper) {
            leaveTheTerminal();
            StrayOutput.capture();
            ExitGuard.install(
                    caller ->
                            LoggerFactory.getLogger(Main.class)
                                    .error("Refused to end the process for {}", caller));
        }
        int code = new Generation(System.getenv()).run(List.of(words)).code();
        // Either way out skips nothing we need, and nothing that hangs can delay it: whatever is
        // durable is so already. The second lets a JVM that records a startup cache write it.
        if (hasKeeper && !Boolean.getBoolean("evergate.recording")) {
            ProcessControl.exit(code);
        }
        Runtime.getRuntime().halt(code);
    }

    /** Signals meant for the gateway are the keeper's: Ctrl-C must not reach both. */
    private static void leaveTheTerminal() {
        try {
            ProcessControl.startSession();
        } catch (OsException e) {
            System.err.println(
                    "Signals of the terminal reach this generation too: " + e.getMessage());
        }
    }
}
