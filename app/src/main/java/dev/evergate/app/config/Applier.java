package dev.evergate.app.config;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.plan.Plan;

/** The parts of a running gateway, as a new configuration sees them. One caller at a time. */
public interface Applier {
    /**
     * Opens what {@code next} needs beside what is in use. May take seconds.
     *
     * @param plan what is different from the configuration in force; nothing else is touched
     * @throws dev.evergate.core.fault.EvergateException {@code CONFIG_REFUSED}, naming the key, if
     *     something cannot be opened; then nothing has changed
     */
    Prepared prepare(ConfigSnapshot next, Plan plan);

    /**
     * A configuration that can come into force at once, or one part of it. Exactly one of the two
     * is called.
     */
    interface Prepared {
        /** There is nothing to do. */
        Prepared NOTHING =
                new Prepared() {
                    @Override
                    public void commit() {}

                    @Override
                    public void discard() {}
                };

        /** One atomic switch; afterwards what is no longer used or allowed ends. Cannot fail. */
        void commit();

        /** Closes what was opened. */
        void discard();
    }
}
