package dev.evergate.testkit.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Visits every state that a {@link Model} can reach within a number of steps and looks for two
 * defects:
 *
 * <ul>
 *   <li>a deadlock: a state that is no rest and that the system does not leave by itself;
 *   <li>a request that never ends: a way round in a circle on which the request stays pending.
 * </ul>
 *
 * The second check needs no fairness: adverse steps spend a budget, so every circle consists of
 * what the system does by itself.
 *
 * @param <S> a state of the model
 */
public final class Explorer<S> {
    private final Model<S> model;
    private final Map<S, Arrival<S>> seen = new HashMap<>();
    private int depth;

    /** How a state was first reached; the initial one from nowhere. */
    private record Arrival<S>(Optional<S> from, String step, int depth) {}

    /**
     * What was found.
     *
     * @param states how many were visited
     * @param depth of the state that is farthest from the initial one
     * @param isComplete whether no state lies beyond the stated depth
     * @param defect what is wrong, and the shortest way there; empty if nothing is
     */
    public record Report(int states, int depth, boolean isComplete, Optional<String> defect) {}

    private Explorer(Model<S> model) {
        this.model = model;
    }

    /** Explores to {@code depthMax} steps from the initial state. */
    public static <S> Report explore(Model<S> model, int depthMax) {
        return new Explorer<>(model).run(depthMax);
    }

    private Report run(int depthMax) {
        Deque<S> open = new ArrayDeque<>();
        boolean isComplete = true;
        seen.put(model.initial(), new Arrival<>(Optional.empty(), "start", 0));
        open.add(model.initial());
        while (!open.isEmpty()) {
            S state = open.removeFirst();
            int at = arrivalAt(state).depth();
            depth = Math.max(depth, at);
            List<Model.Step<S>> steps = steps(state);
            if (!model.isRest(state) && steps.stream().allMatch(Model.Step::isAdverse)) {
                return report(false, "deadlock\n" + story(state));
            }
            if (at == depthMax) {
                isComplete &= steps.stream().allMatch(step -> seen.containsKey(step.to()));
                continue;
            }
            for (Model.Step<S> step : steps) {
                if (!seen.containsKey(step.to())) {
                    seen.put(step.to(), new Arrival<>(Optional.of(state), step.name(), at + 1));
                    open.addLast(step.to());
                }
            }
        }
        Optional<String> endless = endless();
        return new Report(seen.size(), depth, isComplete, endless);
    }

    private Report report(boolean isComplete, String defect) {
        return new Report(seen.size(), depth, isComplete, Optional.of(defect));
    }

    /** What changes nothing is no step: it neither helps nor counts as a way round. */
    private List<Model.Step<S>> steps(S state) {
        return model.steps(state).stream().filter(step -> !step.to().equals(state)).toList();
    }

    private Optional<String> endless() {
        Set<String> requests = new HashSet<>();
        seen.keySet().forEach(state -> requests.addAll(model.pending(state)));
        for (String request : requests.stream().sorted().toList()) {
            Optional<String> circle = circle(request);
            if (circle.isPresent()) {
                return circle;
            }
        }
        return Optional.empty();
    }

    /** Looks for a circle among the states in which a request is pending, depth first. */
    private Optional<String> circle(String request) {
        Function<S, Iterator<S>> successors =
                state ->
                        steps(state).stream()
                                .map(Model.Step::to)
                                .filter(to -> model.pending(to).contains(request))
                                .filter(seen::containsKey)
                                .iterator();
        Set<S> done = new HashSet<>();
        for (S root : seen.keySet()) {
            if (!model.pending(root).contains(request) || done.contains(root)) {
                continue;
            }
            Map<S, Iterator<S>> path = new LinkedHashMap<>();
            Deque<S> stack = new ArrayDeque<>();
            path.put(root, successors.apply(root));
            stack.push(root);
            while (!stack.isEmpty()) {
                S state = stack.peek();
                Iterator<S> rest = Objects.requireNonNull(path.get(state));
                if (!rest.hasNext()) {
                    done.add(state);
                    path.remove(state);
                    stack.pop();
                    continue;
                }
                S to = rest.next();
                if (path.containsKey(to)) {
                    return Optional.of(
                            request
                                    + " may never end:\n"
                                    + story(to)
                                    + "\nand from there round and round:\n"
                                    + round(path.keySet(), to));
                }
                if (!done.contains(to)) {
                    path.put(to, successors.apply(to));
                    stack.push(to);
                }
            }
        }
        return Optional.empty();
    }

    private Arrival<S> arrivalAt(S state) {
        return Objects.requireNonNull(seen.get(state), "a state nobody has reached");
    }

    private String round(Set<S> path, S start) {
        List<S> circle = new ArrayList<>();
        for (S state : path) {
            if (state.equals(start) || !circle.isEmpty()) {
                circle.add(state);
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < circle.size(); i++) {
            S to = circle.get((i + 1) % circle.size());
            for (Model.Step<S> step : model.steps(circle.get(i))) {
                if (step.to().equals(to)) {
                    text.append("  ").append(step.name()).append('\n');
                    break;
                }
            }
        }
        return text.toString();
    }

    private String story(S state) {
        List<String> lines = new ArrayList<>();
        Optional<S> at = Optional.of(state);
        while (at.isPresent()) {
            Arrival<S> arrival = arrivalAt(at.get());
            lines.add("  " + arrival.step());
            at = arrival.from();
        }
        Collections.reverse(lines);
        return String.join("\n", lines) + "\n  = " + state;
    }
}
