package dev.evergate.keeper;

import dev.evergate.keeper.link.Refusal;
import dev.evergate.keeper.os.PollSet;
import dev.evergate.keeper.os.WakeUp;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What other threads tell the keeper's loop.
 *
 * <p>Thread-safety: {@link #post} from any thread, the rest from the loop. Signals may arrive
 * before the loop runs; they wait.
 */
final class Mailbox {
    /** A message to the loop. */
    sealed interface Mail {
        /** A signal arrived, by its name without {@code SIG}. */
        record Signalled(String name) implements Mail {}

        /** A generation's process has ended, with the status a shell would show. */
        record Exited(long generation, int status) implements Mail {}

        /** A generation that has to be killed was described. */
        record Described(long generation, String summary) implements Mail {}

        /** A generation could not even be started. */
        record NotStarted(Refusal refusal, GatewayPhase.Role role) implements Mail {}

        /** The two generations of a hand-over could not be connected. */
        record NotConnected(String reason) implements Mail {}

        /** Whoever stops us waits this long before it kills us. */
        record StopGranted(long graceMs) implements Mail {}
    }

    private static final int MAIL_MAX = 64;

    /** Room that signals leave for news of processes, which come once. */
    private static final int KEPT_FREE = 32;

    private final BlockingQueue<Mail> queue = new ArrayBlockingQueue<>(MAIL_MAX);
    private final StopWatchdog watchdog = new StopWatchdog();
    private volatile @Nullable WakeUp wakeUp;

    /** Sees to it that the process ends when it is asked to, whether anybody reads this or not. */
    StopWatchdog watchdog() {
        return watchdog;
    }

    /** Leaves a message; of a storm of signals the last ones are lost, which says no less. */
    void post(Mail mail) {
        if (mail instanceof Mail.Signalled(var name)
                && (name.equals("TERM") || name.equals("INT"))) {
            watchdog.asked(); // Now, not when the loop gets to it: the loop may hang.
        }
        if (mail instanceof Mail.Signalled && queue.remainingCapacity() <= KEPT_FREE) {
            return;
        }
        queue.add(mail);
        WakeUp bell = wakeUp;
        if (bell != null) {
            bell.ring();
        }
    }

    /** Rings this from now on. */
    void ring(WakeUp bell) {
        wakeUp = bell;
        bell.ring();
    }

    void addTo(PollSet set) {
        WakeUp bell = wakeUp;
        if (bell != null) {
            set.add(bell.descriptor());
        }
    }

    /** The next message, null when none comes in time; for use before there is a loop. */
    @Nullable Mail await(long timeoutMs) {
        try {
            return queue.poll(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** The next message, null when there is none. */
    @Nullable Mail take() {
        Mail mail = queue.poll();
        WakeUp bell = wakeUp;
        if (mail == null && bell != null) {
            bell.clear();
            mail = queue.poll(); // One may have come between looking and clearing.
        }
        return mail;
    }
}
