package dev.evergate.app;

import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.ProcessControl;

import java.util.List;

/**
 * One generation of the gateway as a process. Started by a keeper; by hand only with {@code
 * --no-keeper}.
 */
public final class Main {
    private Main() {}

    public static void main(String[] words) throws InterruptedException {
        if (KeeperDoor.isOffered(System.getenv())) {
            leaveTheTerminal();
        }
        int code = new Generation(System.getenv()).run(List.of(words)).code();
        System.err.flush();
        // Halting skips nothing we need, and nothing that hangs can delay it: whatever is durable
        // is so already.
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
