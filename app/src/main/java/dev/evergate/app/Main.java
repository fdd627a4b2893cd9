package dev.evergate.app;

import dev.evergate.core.time.ExitGuard;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.ProcessControl;

import org.slf4j.LoggerFactory;

import java.lang.management.ManagementFactory;
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
            adoptOrphans();
            StrayOutput.capture();
            ExitGuard.install(
                    caller ->
                            LoggerFactory.getLogger(Main.class)
                                    .error("Refused to end the process for {}", caller));
        }
        int code = ExitCode.UNEXPECTED.code();
        try {
            code = new Generation(System.getenv()).run(List.of(words)).code();
        } catch (RuntimeException e) { // the last boundary: a bug must not leave the process behind
            LoggerFactory.getLogger(Main.class).error("The generation failed", e);
        }
        // Either way out skips nothing we need, and nothing that hangs can delay it: whatever is
        // durable is so already.
        if (hasKeeper && !isRecording()) {
            ProcessControl.exit(code);
        }
        Runtime.getRuntime().halt(code);
    }

    /** Whether the JVM still has to write down what a startup cache is made from. */
    private static boolean isRecording() {
        return ManagementFactory.getRuntimeMXBean()
                .getInputArguments()
                .contains("-XX:AOTMode=record");
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

    /**
     * What a tool leaves behind is ours, so that a leftover of a living generation has an owner.
     */
    private static void adoptOrphans() {
        try {
            ProcessControl.adoptOrphans();
        } catch (OsException e) {
            System.err.println("The keeper adopts what tools leave behind: " + e.getMessage());
        }
    }
}
