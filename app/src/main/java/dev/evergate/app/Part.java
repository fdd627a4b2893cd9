package dev.evergate.app;

import dev.evergate.core.lifecycle.Component;
import dev.evergate.core.time.Deadline;

/**
 * A part that was started when it was built, and only has to be stopped.
 *
 * @param stopMs how long that may take
 */
record Part(String name, long stopMs, Runnable end) implements Component {
    @Override
    public void start() {}

    @Override
    public void stop(Deadline deadline) {
        end.run();
    }
}
