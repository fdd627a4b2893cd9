package dev.evergate.server.node;

import dev.evergate.core.time.Time;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * All errands that are open, and what nodes have brought lately, for those who ask again. Bounded;
 * guarded by its board.
 */
final class ErrandBook {
    private static final int KEPT = 256;
    private static final long KEPT_CHARS = 16L << 20;
    private static final long KEPT_NANOS = 300_000_000_000L;

    private final Time time;
    private final Map<String, Errand> open = new LinkedHashMap<>();
    private final Map<String, Errand> byId = new HashMap<>();
    private final Map<String, Kept> ended = new LinkedHashMap<>();
    private long keptChars;

    private record Kept(Errand errand, long chars, long atNanos) {}

    ErrandBook(Time time) {
        this.time = time;
    }

    /** The one of that name, open or ended lately. */
    @Nullable Errand find(String name) {
        forgetOld();
        Errand known = open.get(name);
        Kept kept = ended.get(name);
        return known != null || kept == null ? known : kept.errand;
    }

    /** The open one of that id. */
    @Nullable Errand byId(String id) {
        return byId.get(id);
    }

    int openCount() {
        return open.size();
    }

    List<Errand> open(Predicate<Errand> which) {
        return open.values().stream().filter(which).toList();
    }

    void add(Errand errand) {
        open.put(errand.request.name(), errand);
        byId.put(errand.id, errand);
    }

    void rename(Errand errand, String id) {
        byId.remove(errand.id);
        errand.id = id;
        byId.put(id, errand);
    }

    /** It is over. */
    void end(Errand errand, Outcome outcome) {
        errand.outcome = outcome;
        errand.askers.clear();
        if (errand.timer != null) {
            errand.timer.cancel();
        }
        open.remove(errand.request.name());
        byId.remove(errand.id);
    }

    /** Its outcome is for those, too, who ask for the same again. */
    void keep(Errand errand) {
        long chars = chars(errand.outcome) + errand.request.params().length();
        ended.put(errand.request.name(), new Kept(errand, chars, time.nanos()));
        keptChars += chars;
        forgetOld();
    }

    private static long chars(@Nullable Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> done.payload().length() + done.payloadJson().length();
            case Outcome.Failed failed -> failed.message().length();
            case null -> 0;
        };
    }

    private void forgetOld() {
        Iterator<Kept> oldest = ended.values().iterator();
        while (oldest.hasNext()) {
            Kept kept = oldest.next();
            boolean isOld = time.nanos() - kept.atNanos > KEPT_NANOS;
            if (!isOld && ended.size() <= KEPT && keptChars <= KEPT_CHARS) {
                return;
            }
            oldest.remove();
            keptChars -= kept.chars;
        }
    }
}
