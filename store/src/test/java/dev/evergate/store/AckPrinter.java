package dev.evergate.store;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Leases.Holder;
import dev.evergate.core.journal.Leases.Outcome;
import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.journal.Samples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A process to be killed: accepts and answers messages as fast as it can, and says so on standard
 * output, one line each: {@code accepted <key>}, {@code answered <key>}, {@code refused <key>}.
 */
final class AckPrinter {
    private static final int CALLERS = 16;

    /** When it says that a message is accepted. */
    enum Honesty {
        AFTER_COMMIT,
        /** The broken variant: whoever checks for lost messages must catch it. */
        BEFORE_COMMIT
    }

    private final RealWorld world = new RealWorld(new FaultHandler());
    private final SqlStore store;
    private final Epoch epoch;
    private final Honesty honesty;

    private AckPrinter(Path data, Honesty honesty) {
        this.store = SqlStore.open(data, world);
        this.honesty = honesty;
        this.epoch =
                switch (store.leases().take(new Holder("printer", 1), _ -> true)) {
                    case Outcome.Taken(var taken) -> taken;
                    case Outcome.Held(var by) -> throw new IllegalStateException("held by " + by);
                };
    }

    public static void main(String[] arguments) throws InterruptedException {
        var printer = new AckPrinter(Path.of(arguments[0]), Honesty.valueOf(arguments[1]));
        for (int i = 0; i < CALLERS; i++) {
            String session = "agent:main:" + i;
            printer.world.tasks().start("caller-" + i, () -> printer.work(session));
        }
        Thread.currentThread().join();
    }

    private void work(String session) {
        for (long count = 0; ; count++) {
            String key = world.ids().next();
            try {
                accept(key, session, count % 4 == 0);
            } catch (EvergateException e) {
                if (e.code() != ErrorCode.STATE_UNUSABLE) {
                    throw e;
                }
                say("refused " + key);
            }
        }
    }

    private void accept(String key, String session, boolean isAnswered) {
        if (honesty == Honesty.BEFORE_COMMIT) {
            say("accepted " + key);
        }
        var message = Samples.accepted(store.inbox().accept(Samples.message(key, session)));
        if (honesty == Honesty.AFTER_COMMIT) {
            say("accepted " + key);
        }
        if (isAnswered) {
            store.turns().begin(epoch, Samples.beginning(message, world.ids().next()));
            store.turns().finish(epoch, Samples.done(key, "hello"));
            say("answered " + key);
        }
    }

    /** One write a line, so that a kill leaves whole lines and at most one torn one. */
    private static void say(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.US_ASCII);
        synchronized (System.out) {
            try {
                System.out.write(bytes);
                System.out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
