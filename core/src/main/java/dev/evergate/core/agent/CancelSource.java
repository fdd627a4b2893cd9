package dev.evergate.core.agent;

import dev.evergate.api.CancelSignal;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The hand that raises a {@link CancelSignal}. Thread-safe. */
public final class CancelSource implements CancelSignal {
    private final Object lock = new Object();
    private final Set<Runnable> actions = new LinkedHashSet<>();
    private boolean cancelled;

    /** Raises the signal; a second time is without effect. */
    public void cancel() {
        List<Runnable> due;
        synchronized (lock) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }

    @Override
    public boolean isCancelled() {
        synchronized (lock) {
            return cancelled;
        }
    }

    @Override
    public Registration onCancel(Runnable action) {
        // A wrapper of its own for each call, so that the same action can wait twice.
        Runnable entry = () -> action.run();
        synchronized (lock) {
            if (!cancelled) {
                actions.add(entry);
                return () -> {
                    synchronized (lock) {
                        actions.remove(entry);
                    }
                };
            }
        }
        entry.run();
        return () -> {};
    }
}
