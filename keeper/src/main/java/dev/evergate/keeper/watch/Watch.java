package dev.evergate.keeper.watch;

import dev.evergate.keeper.link.Beat;
import dev.evergate.keeper.watch.Testimony.Change;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges a serving generation by its beats, and by what the kernel says when they look bad.
 *
 * <p>Something is <em>suspect</em> when there was no beat for a second, when a loop has been busy
 * with one thing for a second, or when four fifths of three seconds went into collecting garbage.
 * It is then looked at every half second until it has passed or is judged. The first line that
 * applies decides:
 *
 * <pre>
 * suspect          evidence                                          finding
 * ---------------  ------------------------------------------------  -------------------------
 * any              the process is stopped (T, t) or dead (Z)         wedged
 * garbage          the same at the next look                         wedged
 * silent or stuck  collects garbage, for less than three seconds     suspect
 * silent or stuck  collects garbage for longer                       wedged
 * silent or stuck  since noticed its thread has used 0.4 s of CPU
 *                  and a quarter of the time, or 1 s of CPU          wedged
 * silent or stuck  a thread waits for the disk (D) at both looks     slow
 * silent or stuck  a thread waited half the time for a core          slow
 * silent or stuck  all its threads are on a core or want one (R)     slow
 * silent or stuck  nothing of all this: it is blocked                wedged
 * any              slow or suspect for ten seconds                   wedged
 * </pre>
 *
 * <p>A loop is judged only if a beat that came after it was noticed says that it is still stuck.
 * The store's writer may wait for a slow disk and is not judged. The thread that sends the beats is
 * that of the timers: silence is their sign of being stuck. Compiler threads may wait for a core.
 *
 * <p>No clock and no I/O: time and evidence are given. Thread-safety: one thread at a time.
 */
public final class Watch {
    static final long SUSPECT_MS = 1_000;
    static final long LOOK_MS = 500;
    static final long ALLOWED_MS = 10_000;
    static final long GARBAGE_SPAN_MS = 3_000;

    private static final long BURNED_MS = 400;
    private static final long BURNED_MAX_MS = 1_000;
    private static final double BURNED_SHARE = 0.25;
    private static final long SOON_MS = 100;
    private static final double GARBAGE_SHARE = 0.8;
    private static final String NOT_JUDGED = "store-writer";
    private static final String SILENCE = "beats";
    private static final String GARBAGE = "garbage";
    private static final String TIMERS = "timers";
    private static final String TASKS = "tasks";

    /** The JVM's threads that carry virtual threads, and so all tasks. */
    private static final String CARRIERS = "ForkJoinPool";

    private final Map<String, Long> busySinceMs = new HashMap<>();
    private final Deque<Collected> collected = new ArrayDeque<>();
    private long lastBeatMs;
    private @Nullable Suspicion suspicion;

    /** Asks the kernel about the generation; called only when something is suspect. */
    public interface Witness {
        Testimony testify();
    }

    /** How long all collections had taken at a time. */
    private record Collected(long atMs, long gcMs) {}

    /**
     * Something that looks bad.
     *
     * @param subject the loop, or {@link #SILENCE} or {@link #GARBAGE}
     * @param noticedMs when it was noticed, with this first evidence
     * @param last evidence of the look before
     */
    private record Suspicion(
            String subject, long noticedMs, long nextLookMs, Testimony first, Testimony last) {
        Suspicion lookAgain(long whenMs) {
            return new Suspicion(subject, noticedMs, whenMs, first, last);
        }

        Suspicion lookedAt(Testimony now, long whenMs) {
            return new Suspicion(subject, noticedMs, whenMs, first, now);
        }
    }

    /** Begins as if a beat had come now. */
    public Watch(long nowMs) {
        lastBeatMs = nowMs;
    }

    /** Takes in a sign of life. */
    public void beat(Beat beat, long nowMs) {
        lastBeatMs = nowMs;
        busySinceMs.clear();
        for (Map.Entry<String, Long> loop : beat.loopAgesMs().entrySet()) {
            if (loop.getValue() > 0 && !loop.getKey().equals(NOT_JUDGED)) {
                busySinceMs.put(loop.getKey(), nowMs - loop.getValue());
            }
        }
        collected.addLast(new Collected(nowMs, beat.gcMs()));
        while (nowMs - collected.getFirst().atMs() > GARBAGE_SPAN_MS + LOOK_MS) {
            collected.removeFirst();
        }
    }

    /** Forgets everything: this process itself was held up, so what it saw proves nothing. */
    public void startAnew(long nowMs) {
        lastBeatMs = nowMs;
        busySinceMs.clear();
        collected.clear();
        suspicion = null;
    }

    /** When {@link #look} has something to do, if no beat comes before. */
    public long nextLookMs() {
        if (suspicion != null) {
            return suspicion.nextLookMs();
        }
        long next = lastBeatMs + SUSPECT_MS;
        for (long since : busySinceMs.values()) {
            next = Math.min(next, since + SUSPECT_MS);
        }
        return isCollecting() ? lastBeatMs : next;
    }

    /** Looks whether something is bad. */
    public Finding look(long nowMs, Witness witness) {
        String subject = subject(nowMs);
        Suspicion before = suspicion;
        if (subject.isEmpty()) {
            suspicion = null;
            return new Finding.Fine();
        }
        if (before == null || !before.subject().equals(subject)) {
            Testimony first = witness.testify();
            suspicion = new Suspicion(subject, nowMs, nowMs + LOOK_MS, first, first);
            return new Finding.Suspect(describe(subject, nowMs));
        }
        if (nowMs < before.nextLookMs()) {
            return new Finding.Suspect(describe(subject, nowMs));
        }
        boolean isLoop = !subject.equals(SILENCE) && !subject.equals(GARBAGE);
        if (isLoop && lastBeatMs <= before.noticedMs()) {
            suspicion = before.lookAgain(nowMs + SOON_MS);
            return new Finding.Suspect(describe(subject, nowMs));
        }
        Testimony now = witness.testify();
        suspicion = before.lookedAt(now, nowMs + LOOK_MS);
        Finding finding = judge(before, now);
        if (finding instanceof Finding.Wedged || nowMs - before.noticedMs() < ALLOWED_MS) {
            return finding;
        }
        return wedged(subject, now, "that has lasted for too long, whatever the reason");
    }

    private Finding judge(Suspicion before, Testimony now) {
        String subject = before.subject();
        if (now.state() == 'T' || now.state() == 't' || now.state() == 'Z') {
            String how = now.state() == 'Z' ? "dead" : "stopped";
            return wedged(subject, now, "its process is " + how + " (state " + now.state() + ")");
        }
        if (subject.equals(GARBAGE)) {
            return wedged(subject, now, "");
        }
        List<Change> sinceNoticed = now.since(before.first());
        long watchedMs = Math.max(1, now.atMs() - before.noticedMs());
        long collecting = collecting(sinceNoticed);
        if (collecting >= GARBAGE_SHARE * watchedMs) {
            String text = "collects garbage: " + collecting + " of the last " + watchedMs + " ms";
            return SUSPECT_MS + watchedMs < GARBAGE_SPAN_MS
                    ? new Finding.Suspect(describe(subject, now.atMs()) + "; it " + text)
                    : wedged(subject, now, "it " + text);
        }
        Change busiest = busiest(sinceNoticed, subject);
        if (busiest != null && isBurning(busiest.cpuMs(), watchedMs)) {
            String used = busiest.cpuMs() + " ms of CPU in " + watchedMs + " ms";
            return wedged(subject, now, "thread " + busiest.name() + " has used " + used);
        }
        String excuse = excuse(now.since(before.last()), now.atMs() - before.last().atMs());
        if (excuse.isEmpty()) {
            excuse = readiness(sinceNoticed, subject);
        }
        if (!excuse.isEmpty()) {
            return new Finding.Slow(describe(subject, now.atMs()) + "; " + excuse);
        }
        String thread =
                busiest == null
                        ? "nothing there waits for a core or a disk"
                        : "thread "
                                + busiest.name()
                                + " waits (state "
                                + busiest.state()
                                + ", "
                                + busiest.cpuMs()
                                + " ms of CPU in "
                                + watchedMs
                                + " ms) for neither a core nor a disk";
        return wedged(subject, now, thread);
    }

    /** A loop that decides things needs milliseconds, however slow the machine is. */
    private static boolean isBurning(long cpuMs, long watchedMs) {
        return cpuMs >= BURNED_MAX_MS || (cpuMs >= BURNED_MS && cpuMs >= BURNED_SHARE * watchedMs);
    }

    private Finding wedged(String subject, Testimony now, String evidence) {
        String what = describe(subject, now.atMs());
        return new Finding.Wedged(
                evidence.isEmpty() ? what : what + "; " + evidence, family(subject));
    }

    /** What is bad now, empty for nothing: what was bad before if it still is, else the worst. */
    private String subject(long nowMs) {
        String before = suspicion == null ? "" : suspicion.subject();
        if (nowMs - lastBeatMs >= SUSPECT_MS) {
            return SILENCE;
        }
        String worst = "";
        long worstSinceMs = nowMs - SUSPECT_MS + 1;
        for (Map.Entry<String, Long> loop : busySinceMs.entrySet()) {
            long since = loop.getValue();
            if (nowMs - since >= SUSPECT_MS && loop.getKey().equals(before)) {
                return before;
            }
            if (since < worstSinceMs) {
                worst = loop.getKey();
                worstSinceMs = since;
            }
        }
        return worst.isEmpty() && isCollecting() ? GARBAGE : worst;
    }

    private boolean isCollecting() {
        return spanMs() >= GARBAGE_SPAN_MS && collectedMs() >= GARBAGE_SHARE * spanMs();
    }

    private long spanMs() {
        return collected.isEmpty() ? 0 : collected.getLast().atMs() - collected.getFirst().atMs();
    }

    private long collectedMs() {
        return collected.isEmpty() ? 0 : collected.getLast().gcMs() - collected.getFirst().gcMs();
    }

    private String describe(String subject, long nowMs) {
        return switch (subject) {
            case SILENCE -> "no beat for " + (nowMs - lastBeatMs) + " ms";
            case GARBAGE -> "it collects garbage for " + collectedMs() + " of " + spanMs() + " ms";
            default -> {
                Long since = busySinceMs.get(subject);
                yield "loop "
                        + subject
                        + " is stuck for "
                        + (since == null ? 0 : nowMs - since)
                        + " ms";
            }
        };
    }

    /** Of the threads that may be the subject's the one that has used most CPU, null for none. */
    private static @Nullable Change busiest(List<Change> changes, String subject) {
        String family = family(subject);
        Change busiest = null;
        for (Change change : changes) {
            if (isOf(family, change) && (busiest == null || change.cpuMs() > busiest.cpuMs())) {
                busiest = change;
            }
        }
        return busiest;
    }

    /**
     * Says so if none of the threads that may be the subject's is blocked, empty if one is. How
     * long one that is ready has waited for a core the kernel counts only when it gets one.
     */
    private static String readiness(List<Change> changes, String subject) {
        String family = family(subject);
        String ready = "";
        for (Change change : changes) {
            if (isOf(family, change)) {
                if (change.state() != 'R') {
                    return "";
                }
                ready = "thread " + change.name() + " is ready to run";
            }
        }
        return ready;
    }

    private static boolean isOf(String family, Change change) {
        return change.name().equals(family) || change.name().startsWith(family + "-");
    }

    /** The loop {@code worker-1} runs on a thread whose name begins with {@code worker}. */
    private static String family(String loop) {
        if (loop.equals(SILENCE) || loop.equals(GARBAGE)) {
            return TIMERS;
        }
        if (loop.equals(TASKS)) {
            return CARRIERS;
        }
        int dash = loop.lastIndexOf('-');
        boolean isNumbered = dash > 0 && dash + 1 < loop.length();
        return isNumbered && Character.isDigit(loop.charAt(dash + 1))
                ? loop.substring(0, dash)
                : loop;
    }

    /** The JVM collects in threads of these names. */
    private static long collecting(List<Change> changes) {
        long cpuMs = 0;
        for (Change change : changes) {
            if (change.name().equals("VM Thread") || change.name().startsWith("GC Thread")) {
                cpuMs += change.cpuMs();
            }
        }
        return cpuMs;
    }

    /** What the machine owes the process, empty for nothing. */
    private static String excuse(List<Change> changes, long spanMs) {
        for (Change change : changes) {
            boolean isCompiler = change.name().startsWith("C1 ") || change.name().startsWith("C2 ");
            if (change.wasState() == 'D' && change.state() == 'D') {
                return "thread " + change.name() + " waits for the disk";
            }
            if (!isCompiler && (change.isStarved() || change.waitedMs() * 2 >= spanMs)) {
                long waitedMs = change.isStarved() ? spanMs : change.waitedMs();
                String span = waitedMs + " of " + spanMs + " ms";
                return "thread " + change.name() + " waited " + span + " for a core";
            }
        }
        return "";
    }
}
