package dev.evergate.keeper;

import dev.evergate.core.lifecycle.Phase;

import java.util.ArrayList;
import java.util.List;

/**
 * The generation in {@link LifecycleModel}.
 *
 * @param hasServed whether its keeper has taken it for ready
 * @param saidReady whether it has said so
 * @param isTold whether a STOP is on its way to it
 * @param isLinked whether its keeper has a link with it
 * @param isCut whether the end of the link is on its way to it
 * @param isKilledByUs whether its keeper has ended it
 */
record Life(
        Stand process,
        Phase phase,
        boolean saidReady,
        boolean hasServed,
        boolean isTold,
        boolean isLinked,
        boolean isCut,
        boolean isKilledByUs,
        List<Word> words) {
    /** A message of the link on its way to the keeper. */
    enum Word {
        READY,
        REFUSED,
        REFUSED_FOR_NOW,
        FINISHED,
        WANT_STOP,
        WANT_RESTART
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

    static final Life NONE = new Life(Stand.NONE);
    static final Life LAUNCHED = new Life(Stand.MUTE);

    private Life(Stand process) {
        this(process, Phase.STARTING, false, false, false, false, false, false, List.of());
    }

    Life in(Stand next) {
        return new Life(
                next, phase, saidReady, hasServed, isTold, isLinked, isCut, isKilledByUs, words);
    }

    Life at(Phase next) {
        return new Life(
                process, next, saidReady, hasServed, isTold, isLinked, isCut, isKilledByUs, words);
    }

    Life linked(boolean isNowLinked) {
        return new Life(
                process,
                phase,
                saidReady,
                hasServed,
                isTold,
                isNowLinked,
                isCut,
                isKilledByUs,
                words);
    }

    Life cut(boolean isNowCut) {
        return new Life(
                process,
                phase,
                saidReady,
                hasServed,
                isTold,
                isLinked,
                isNowCut,
                isKilledByUs,
                words);
    }

    Life told(boolean isNowTold) {
        return new Life(
                process,
                phase,
                saidReady,
                hasServed,
                isNowTold,
                isLinked,
                isCut,
                isKilledByUs,
                words);
    }

    Life served() {
        return new Life(
                process, phase, saidReady, true, isTold, isLinked, isCut, isKilledByUs, words);
    }

    Life killed() {
        return process == Stand.DEAD
                ? this
                : new Life(
                        Stand.DEAD,
                        phase,
                        saidReady,
                        hasServed,
                        isTold,
                        isLinked,
                        isCut,
                        true,
                        words);
    }

    Life says(Word word) {
        List<Word> more = new ArrayList<>(words);
        more.add(word);
        return new Life(
                process,
                phase,
                saidReady || word == Word.READY,
                hasServed,
                isTold,
                isLinked,
                isCut,
                isKilledByUs,
                List.copyOf(more));
    }

    Life heard() {
        return new Life(
                process,
                phase,
                saidReady,
                hasServed,
                isTold,
                isLinked,
                isCut,
                isKilledByUs,
                List.copyOf(words.subList(1, words.size())));
    }

    boolean isAlive() {
        return process != Stand.NONE && process != Stand.DEAD;
    }
}
