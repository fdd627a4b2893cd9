package dev.evergate.keeper.owner;

import dev.evergate.keeper.os.ProcessTable;

/**
 * Decides what a start does that finds its state directory owned: wait, give way, or take over.
 *
 * <p>An owner is taken over only when what is wrong with it has lasted:
 *
 * <pre>
 * condition  it                                               after      decision
 * HEALTHY    proved itself by a strict probe                  at once    give way
 * STARTING   answers: it starts, restarts or backs off        90 s       give way
 * LEAVING    answers: it stops                                90 s       give way
 * SICK       answers and serves, but its gateway proves nothing 20 s     take over
 * STOPPED    is stopped by a signal                           1 s        take over
 * SILENT     does not answer and does nothing                 3 s        take over
 * SPINNING   does not answer but computes                     15 s       take over
 * SLOW       does not answer; it waits for a core or a disk   90 s       give way
 * UNKNOWN    cannot be told from its file                     15 s       give way
 * </pre>
 *
 * <p>A condition lasts while it stays the same about the same generation. Thread-safety: confined
 * to one thread; pure, times come with the looks.
 */
public final class Preflight {
    private static final long EFFORT_NONE_PERCENT = 2;
    private static final long EFFORT_NONE_MS = 20;
    private static final long WAITED_PERCENT = 10;
    private static final long NOT_YET = Long.MIN_VALUE;

    private Condition condition = Condition.UNKNOWN;
    private String subject = "";
    private long sinceMs = NOT_YET;
    private boolean isSilent;
    private long silentSinceMs;
    private ProcessTable.Effort silentEffort = new ProcessTable.Effort(0, 0);

    /** How an owner is. */
    enum Condition {
        HEALTHY(0, false, "it serves"),
        STARTING(90_000, false, "it is starting"),
        LEAVING(90_000, false, "it is stopping"),
        SICK(20_000, true, "its gateway does not prove that it is well"),
        STOPPED(1_000, true, "its process is stopped"),
        SILENT(3_000, true, "it does not answer and does nothing"),
        SPINNING(15_000, true, "it does not answer but computes"),
        SLOW(90_000, false, "it waits for a core or a disk"),
        UNKNOWN(15_000, false, "it has not said who it is");

        private final long patienceMs;
        private final boolean isHopeless;
        private final String text;

        Condition(long patienceMs, boolean isHopeless, String text) {
            this.patienceMs = patienceMs;
            this.isHopeless = isHopeless;
            this.text = text;
        }
    }

    /** What to do; {@code why} is for a sentence. */
    public sealed interface Decision {
        /** Look again soon. */
        record Wait(String who, String why) implements Decision {}

        /** It is somebody else's. */
        record GiveWay(String who, String why) implements Decision {}

        /** Its owner will not get well: end it and become the owner. */
        record TakeOver(OwnerRecord owner, String evidence) implements Decision {}
    }

    /** Decides after one more look at the same state directory. */
    public Decision decide(Look look) {
        Condition now = condition(look);
        String about = subject(look);
        if (sinceMs == NOT_YET || now != condition || !about.equals(subject)) {
            condition = now;
            subject = about;
            sinceMs =
                    now == Condition.SILENT || now == Condition.SPINNING
                            ? silentSinceMs
                            : look.atMs();
        }
        long lastedMs = look.atMs() - sinceMs;
        if (lastedMs < now.patienceMs) {
            return new Decision.Wait(look.who(), now.text);
        }
        return now.isHopeless && look.owner().isPresent()
                ? new Decision.TakeOver(look.owner().get(), evidence(look, lastedMs))
                : new Decision.GiveWay(look.who(), now.text);
    }

    private Condition condition(Look look) {
        boolean isStopped = look.state() == 'T';
        if (look.voice() instanceof Look.Voice.Answers answers && !isStopped) {
            isSilent = false;
            return spoken(answers);
        }
        if (look.owner().isEmpty()) {
            isSilent = false;
            return Condition.UNKNOWN;
        }
        if (!isSilent || isStopped) {
            isSilent = true;
            silentSinceMs = look.atMs();
            silentEffort = look.effort();
        }
        return isStopped ? Condition.STOPPED : unspoken(look);
    }

    private static Condition spoken(Look.Voice.Answers answers) {
        return switch (answers.phase()) {
            case "serving" -> answers.proof().isHealthy() ? Condition.HEALTHY : Condition.SICK;
            case "stopping" -> Condition.LEAVING;
            default -> Condition.STARTING;
        };
    }

    /** Since it fell silent: has it waited for something, computed, or done nothing at all? */
    private Condition unspoken(Look look) {
        long lastedMs = look.atMs() - silentSinceMs;
        long ranMs = look.effort().ranMs() - silentEffort.ranMs();
        long waitedMs = look.effort().waitedMs() - silentEffort.waitedMs();
        if (look.state() == 'D' || waitedMs > EFFORT_NONE_MS + lastedMs * WAITED_PERCENT / 100) {
            return Condition.SLOW;
        }
        return ranMs <= EFFORT_NONE_MS + lastedMs * EFFORT_NONE_PERCENT / 100
                ? Condition.SILENT
                : Condition.SPINNING;
    }

    private static String subject(Look look) {
        return switch (look.voice()) {
            case Look.Voice.Answers answers -> answers.instance() + "/" + answers.generation();
            case Look.Voice.Silent _ ->
                    look.owner().isPresent() ? look.owner().get().instance() : "";
        };
    }

    private String evidence(Look look, long lastedMs) {
        String seen =
                switch (look.voice()) {
                    case Look.Voice.Answers answers ->
                            "phase " + answers.phase() + ", probe: " + answers.proof().text();
                    case Look.Voice.Silent(var how) -> how;
                };
        return condition.text
                + " for "
                + lastedMs
                + " ms (process state "
                + look.state()
                + ", ran "
                + (look.effort().ranMs() - silentEffort.ranMs())
                + " ms, waited "
                + (look.effort().waitedMs() - silentEffort.waitedMs())
                + " ms; "
                + seen
                + ")";
    }
}
