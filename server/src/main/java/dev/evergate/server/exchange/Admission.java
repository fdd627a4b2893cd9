package dev.evergate.server.exchange;

import dev.evergate.server.audit.Auditing;

import java.util.function.Consumer;

/** What becomes of a request whose head has been read, and nothing else. */
public sealed interface Admission {
    /** It is answered at once. */
    record Answered(HttpAnswer answer) implements Admission {}

    /**
     * Its body is read, and then it is worked on.
     *
     * @param bodyBytesMax a longer body is refused with 413
     * @param by which kind of secret it has shown; empty if none is needed
     * @param auditing how it is written down
     * @param work answers; runs on a task of its own and may wait. What it throws is answered, too.
     * @param isOpenToAll whether nobody has to prove anything for this, or has not yet: many of
     *     those do not take the places of others
     */
    record Admitted(
            int bodyBytesMax,
            String by,
            Auditing auditing,
            Consumer<HttpCall> work,
            boolean isOpenToAll)
            implements Admission {
        /** One that is only for those who have proven who they are. */
        public Admitted(int bodyBytesMax, String by, Auditing auditing, Consumer<HttpCall> work) {
            this(bodyBytesMax, by, auditing, work, false);
        }
    }

    /** A request without a body. */
    static Admission reading(Consumer<HttpCall> work) {
        return new Admitted(0, "", Auditing.NEVER, work);
    }

    /** The same of whoever likes. */
    static Admission readingByAll(Consumer<HttpCall> work) {
        return new Admitted(0, "", Auditing.NEVER, work, true);
    }
}
