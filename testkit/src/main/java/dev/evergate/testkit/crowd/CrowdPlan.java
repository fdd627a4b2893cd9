package dev.evergate.testkit.crowd;

import java.time.Duration;

/**
 * Who comes, and what they do. Immutable.
 *
 * @param callers send {@code health} every {@code pace} and hear of no runs
 * @param listeners call several methods every {@code pace} and hear of all runs
 * @param sleepers stop in the middle of something for {@code sleep} each time
 * @param conversations how many of the listeners have turns, one after the other
 * @param answer what every turn is answered by the model
 * @param visit how often a new connection asks for the health; zero for never
 * @param arrival how often a new WebSocket comes; zero for never
 */
public record CrowdPlan(
        int callers,
        int listeners,
        int sleepers,
        int conversations,
        String answer,
        Duration pace,
        Duration sleep,
        Duration visit,
        Duration arrival) {
    /** The answer of a model that says {@code count} words. */
    public static String words(int count) {
        StringBuilder words = new StringBuilder("w1");
        for (int i = 2; i <= count; i++) {
            words.append(" w").append(i);
        }
        return words.toString();
    }

    /** WebSockets that stay. */
    public int members() {
        return callers + listeners + sleepers;
    }
}
