package dev.evergate.keeper;

import dev.evergate.core.lifecycle.Phase;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A generation in {@link LifecycleModel}.
 *
 * @param process where its process stands
 * @param phase where it stands itself
 * @param facts what is so about it
 * @param calls orders on their way to it, in order
 * @param words messages on their way to its keeper, in order
 */
record Life(Stand process, Phase phase, Set<Fact> facts, List<Call> calls, List<Word> words) {
    /** A message of the link on its way to the keeper. */
    enum Word {
        READY,
        REHEARSED,
        COMMITTED,
        BROKEN,
        REFUSED,
        REFUSED_FOR_NOW,
        FINISHED,
        WANT_STOP,
        WANT_RESTART
    }

    /** An order on its way to the generation. */
    enum Call {
        STOP,
        GIVE,
        TAKE_FROM_PEER,
        TAKE_ALONE,
        ABORT
    }

    /** Where a generation's process stands. */
    enum Stand {
        NONE,
        /** It has not said hello. */
        MUTE,
        RUNNING,
        /** It has nothing more to do than to exit. */
        LEAVING,
        /** It does nothing by itself any more: stopped, deadlocked, or one that does not exit. */
        HUNG,
        /** Gone, and its keeper does not know. */
        DEAD
    }

    /** Something that is so. */
    enum Fact {
        /** It was welcomed beside a predecessor and does not know that this one is dead. */
        HEIR,
        /** Its keeper has heard that it has rehearsed. */
        REHEARSED,
        /** It was told to take over: from a peer if it is an heir, or else alone. */
        CALLED,
        /** It has said that it serves. */
        SAID_READY,
        /** It has said that it cannot hand over. */
        SAID_BROKEN,
        /** Its keeper has taken it for ready. */
        SERVED,
        /** Its keeper has a link with it. */
        LINKED,
        /** The end of the link is on its way to it. */
        CUT,
        /** Its keeper has ended it. */
        KILLED
    }

    private static final Set<Fact> KEPT =
            EnumSet.of(Fact.SERVED, Fact.LINKED, Fact.CUT, Fact.KILLED);

    static final Life NONE = new Life(Stand.NONE);
    static final Life LAUNCHED = new Life(Stand.MUTE);

    private Life(Stand process) {
        this(process, Phase.STARTING, Set.of(), List.of(), List.of());
    }

    /** Of one that does nothing any more only that is kept which still makes a difference. */
    Life in(Stand next) {
        if (next == Stand.RUNNING) {
            return new Life(next, phase, facts, calls, words);
        }
        Set<Fact> fewer = EnumSet.noneOf(Fact.class);
        fewer.addAll(facts);
        fewer.retainAll(KEPT);
        return new Life(next, phase, Set.copyOf(fewer), List.of(), words);
    }

    Life at(Phase next) {
        return new Life(process, next, facts, calls, words);
    }

    boolean is(Fact fact) {
        return facts.contains(fact);
    }

    Life with(Fact fact) {
        Set<Fact> more = EnumSet.of(fact);
        more.addAll(facts);
        return new Life(process, phase, Set.copyOf(more), calls, words);
    }

    Life without(Fact fact) {
        Set<Fact> fewer = EnumSet.noneOf(Fact.class);
        fewer.addAll(facts);
        fewer.remove(fact);
        return new Life(process, phase, Set.copyOf(fewer), calls, words);
    }

    /** A process that no longer reads gets no order. */
    Life called(Call call) {
        return process == Stand.RUNNING && is(Fact.LINKED)
                ? new Life(process, phase, facts, appended(calls, call), words)
                : this;
    }

    Life tookCall() {
        return new Life(process, phase, facts, calls.subList(1, calls.size()), words);
    }

    Life killed() {
        return process == Stand.DEAD || process == Stand.NONE
                ? this
                : in(Stand.DEAD).with(Fact.KILLED);
    }

    Life says(Word word) {
        return new Life(process, phase, facts, calls, appended(words, word));
    }

    Life heard() {
        return new Life(process, phase, facts, calls, words.subList(1, words.size()));
    }

    /** Whether something is on its way to it or from it. */
    boolean hasMail() {
        return !calls.isEmpty() || !words.isEmpty();
    }

    boolean isAlive() {
        return process != Stand.NONE && process != Stand.DEAD;
    }

    /** Whether it answers messages and writes. */
    boolean isServing() {
        return process == Stand.RUNNING && phase == Phase.RUNNING;
    }

    private static <T> List<T> appended(List<T> list, T element) {
        List<T> more = new ArrayList<>(list);
        more.add(element);
        return List.copyOf(more);
    }
}
