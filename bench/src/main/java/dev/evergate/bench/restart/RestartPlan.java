package dev.evergate.bench.restart;

import dev.evergate.bench.host.Build;

import java.util.Iterator;
import java.util.List;

/**
 * How much is measured.
 *
 * @param clients WebSockets that stay
 * @param stalled those of them that stop in the middle of something
 * @param listeners those of them that hear of every run
 * @param idle silent WebSockets that are moved once; 0 for none
 * @param pauseMs between two restarts: what is quiet
 */
record RestartPlan(
        Build.Start how,
        int restarts,
        int clients,
        int stalled,
        int listeners,
        int idle,
        long pauseMs) {
    private static final RestartPlan WHOLE =
            new RestartPlan(Build.Start.KEEPER, 200, 1_000, 100, 200, 10_000, 1_500);
    private static final RestartPlan QUICK =
            new RestartPlan(Build.Start.KEEPER, 5, 200, 20, 50, 1_000, 1_500);

    static final String USAGE =
            "usage: bench/restart [--quick] [--no-keeper] [--restarts N] [--clients N] [--stalled N]"
                    + " [--listeners N] [--idle N] [--pause MS]";

    /** Reads a command line; an {@link IllegalArgumentException} says what is wrong with it. */
    static RestartPlan of(List<String> words) {
        RestartPlan plan = words.contains("--quick") ? QUICK : WHOLE;
        Iterator<String> rest = words.iterator();
        while (rest.hasNext()) {
            String word = rest.next();
            plan =
                    switch (word) {
                        case "--quick" -> plan;
                        case "--no-keeper" -> plan.with("--no-keeper", 0);
                        default -> {
                            if (!rest.hasNext()) {
                                throw new IllegalArgumentException(word + ": a number is missing");
                            }
                            yield plan.with(word, Integer.parseInt(rest.next()));
                        }
                    };
        }
        return plan;
    }

    private RestartPlan with(String word, int value) {
        return new RestartPlan(
                word.equals("--no-keeper") ? Build.Start.ALONE : how,
                choose("--restarts", word, value, restarts),
                choose("--clients", word, value, clients),
                choose("--stalled", word, value, stalled),
                choose("--listeners", word, value, listeners),
                choose("--idle", word, value, idle),
                choose("--pause", word, value, (int) pauseMs));
    }

    private static int choose(String name, String word, int value, int otherwise) {
        return name.equals(word) ? value : otherwise;
    }

    boolean isAlone() {
        return how == Build.Start.ALONE;
    }
}
