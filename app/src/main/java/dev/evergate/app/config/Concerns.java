package dev.evergate.app.config;

import dev.evergate.core.config.ConfigProblem;

import java.util.ArrayList;
import java.util.List;

/**
 * What a person should know about the configuration. Thread-safe: read anywhere, written by one.
 */
final class Concerns {
    private static final int NOTICES_MAX = 20;

    private volatile List<ConfigProblem> problems = List.of();
    private volatile String trial = "";
    private volatile String waiting = "";

    /** What is wrong with the files; replaces what was known. */
    void problems(List<ConfigProblem> now) {
        problems = List.copyOf(now);
    }

    List<ConfigProblem> problems() {
        return problems;
    }

    /** The switch that is on probation; empty if none is. */
    void trial(String plan) {
        trial = plan;
    }

    /** What would change, but does not by itself; empty if nothing. */
    void waiting(String what) {
        waiting = what;
    }

    /** As readiness tells them. */
    List<String> notices() {
        List<String> notices = new ArrayList<>();
        List<ConfigProblem> known = problems;
        known.stream()
                .limit(NOTICES_MAX)
                .forEach(problem -> notices.add("config-problem: " + problem));
        if (known.size() > NOTICES_MAX) {
            notices.add("config-problem: and %d more".formatted(known.size() - NOTICES_MAX));
        }
        if (!trial.isEmpty()) {
            notices.add(trial);
        }
        if (!waiting.isEmpty()) {
            notices.add(waiting);
        }
        return notices;
    }
}
