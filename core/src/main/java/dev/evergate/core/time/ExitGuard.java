package dev.evergate.core.time;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Keeps code that is not ours from ending the process: whoever calls {@code System.exit} waits for
 * ever, alone. We ourselves leave by other ways, which do not ask.
 *
 * <p>The JVM has no way to forbid an exit; but it waits for its shutdown hooks, and only the thread
 * that called waits with it.
 */
public final class ExitGuard {
    private ExitGuard() {}

    /**
     * Refuses every orderly exit of this process from now on. Call once.
     *
     * @param refused is told where the caller stands, once
     */
    public static void install(Consumer<String> refused) {
        Thread guard =
                Thread.ofPlatform()
                        .daemon()
                        .name("exit-guard")
                        .unstarted(
                                () -> {
                                    refused.accept(caller());
                                    waitForEver();
                                });
        Runtime.getRuntime().addShutdownHook(guard);
    }

    private static String caller() {
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            for (StackTraceElement frame : thread.getValue()) {
                if (frame.getClassName().equals("java.lang.Runtime")
                        && frame.getMethodName().equals("exit")) {
                    return thread.getKey().getName() + RealWorld.stack(thread.getKey());
                }
            }
        }
        return "a signal, or a thread that cannot be seen";
    }

    private static void waitForEver() {
        var never = new CountDownLatch(1);
        while (true) {
            try {
                never.await();
            } catch (InterruptedException e) {
                // Nobody we know does this; and it changes nothing.
            }
        }
    }
}
