package dev.evergate.testkit.explore;

import java.util.List;

/**
 * A system whose every next step can be listed. States must have value semantics and be finitely
 * many: what an adversary may do is limited by a budget that is part of the state.
 *
 * @param <S> a state of the whole system
 */
public interface Model<S> {
    /** Where it begins. */
    S initial();

    /** Everything that can happen next, in any order. */
    List<Step<S>> steps(S state);

    /** Whether the system may stay here for ever, even if nobody does anything to it. */
    boolean isRest(S state);

    /** Names of what somebody waits for in this state; every one of them has to end. */
    List<String> pending(S state);

    /**
     * One possibility.
     *
     * @param name what happens, for the story of a counterexample
     * @param to the state after it
     * @param isAdverse whether nothing makes it happen: a fault, or a wish of somebody
     */
    record Step<S>(String name, S to, boolean isAdverse) {
        /** What the system does by itself, sooner or later. */
        public static <S> Step<S> of(String name, S to) {
            return new Step<>(name, to, false);
        }

        /** What may happen to the system. */
        public static <S> Step<S> adverse(String name, S to) {
            return new Step<>(name, to, true);
        }
    }
}
