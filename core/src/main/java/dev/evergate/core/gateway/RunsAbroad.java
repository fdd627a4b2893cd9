package dev.evergate.core.gateway;

import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.GatewayEvent.ConfigChanged;
import dev.evergate.core.gateway.GatewayEvent.DeviceChanged;
import dev.evergate.core.gateway.GatewayEvent.MessageAdded;
import dev.evergate.core.gateway.GatewayEvent.Run;
import dev.evergate.core.gateway.GatewayEvent.RunCompacting;
import dev.evergate.core.gateway.GatewayEvent.RunEnded;
import dev.evergate.core.gateway.GatewayEvent.RunModel;
import dev.evergate.core.gateway.GatewayEvent.RunStarted;
import dev.evergate.core.gateway.GatewayEvent.RunText;
import dev.evergate.core.gateway.GatewayEvent.SessionChanged;
import dev.evergate.core.gateway.GatewayEvent.SessionCompacting;
import dev.evergate.core.gateway.GatewayEvent.SuspensionChanged;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * The turns that run in the generation before, as far as they were told or heard of. Thread-safe.
 *
 * <p>Its events are published under the lock: none of them comes after {@link #close}.
 */
final class RunsAbroad {
    /** What is known of the generation before. */
    private enum Stage {
        /** It still is the gateway: any run it speaks of is one of its own. */
        LISTENING,
        /** It has named the runs it will end. */
        NAMED,
        /** It says nothing any more. */
        CLOSED
    }

    private final EventFeed feed;
    private final Told told;
    private final Predicate<String> isOurs;
    private final Map<String, Abroad> runs = new LinkedHashMap<>();
    private final Set<String> unwanted = new HashSet<>();
    private Stage stage = Stage.LISTENING;
    private Predecessor predecessor = _ -> {};

    /**
     * @param isOurs whether a run is on its way in this generation; must not wait
     */
    RunsAbroad(EventFeed feed, Told told, Predicate<String> isOurs) {
        this.feed = feed;
        this.told = told;
        this.isOurs = isOurs;
    }

    /** A turn that runs in the generation before. */
    record Abroad(ActiveRun view, CompletableFuture<RunEnd> end) {
        String runId() {
            return view.runId();
        }
    }

    /**
     * Publishes an event of the generation before, unless it is about a run that is no longer its
     * own; the end of a run is returned.
     */
    Optional<RunEnd> hear(GatewayEvent event) {
        Optional<Abroad> ended;
        synchronized (this) {
            if (stage == Stage.CLOSED || !isNews(event)) {
                return Optional.empty();
            }
            feed.publish(event);
            if (!(event instanceof RunEnded over)) {
                return Optional.empty();
            }
            ended = Optional.ofNullable(runs.remove(over.run().runId()));
        }
        RunEnd end = ((RunEnded) event).end();
        ended.ifPresent(run -> run.end().complete(end));
        return Optional.of(end);
    }

    private boolean isNews(GatewayEvent event) {
        return switch (event) {
            case RunStarted(var run, _, var startedAtMs, _) -> isNews(run, startedAtMs, "");
            case RunModel(var run, _, _, _, var atMs) -> isNews(run, atMs, "");
            case RunText(var run, _, _, var text, _, var atMs) -> isNews(run, atMs, text);
            case RunEnded(var run, _, _) -> told.end(run.runId());
            case MessageAdded(_, _, var row, _) -> told.row(row.id());
            case RunCompacting(var run, _, _, _, var atMs) -> isNews(run, atMs, "");
            case SessionCompacting _,
                    SessionChanged _,
                    ConfigChanged _,
                    SuspensionChanged _,
                    DeviceChanged _ ->
                    true;
        };
    }

    private boolean isNews(Run run, long startedAtMs, String text) {
        if (isOurs.test(run.runId()) || told.hasEnded(run.runId())) {
            return false; // begun again here: its numbers have gone past these
        }
        // A run that was not named has ended when they were: only its last words are on the way.
        if (stage == Stage.LISTENING || runs.containsKey(run.runId())) {
            note(new ActiveRun(run.runId(), run.sessionKey(), "", 0, startedAtMs, text));
        }
        return true;
    }

    /** Adds what a view of a run says to what was known of it. */
    private void note(ActiveRun view) {
        Abroad known = runs.get(view.runId());
        if (known == null) {
            runs.put(view.runId(), new Abroad(view, new CompletableFuture<>()));
            return;
        }
        ActiveRun before = known.view();
        boolean isNamed = !view.userText().isEmpty();
        // A run's text only grows within one generation: the longer one is the later one.
        boolean isLater = view.text().length() >= before.text().length();
        ActiveRun main = isNamed ? view : before;
        runs.put(
                view.runId(),
                new Abroad(
                        new ActiveRun(
                                main.runId(),
                                main.sessionKey(),
                                main.userText(),
                                main.acceptedAtMs(),
                                main.startedAtMs(),
                                isLater ? view.text() : before.text()),
                        known.end()));
    }

    /**
     * The generation before has named its runs; those whose end was heard meanwhile are left out.
     * Returns all that is known to run there.
     */
    synchronized List<ActiveRun> named(List<ActiveRun> named, Predecessor by) {
        if (stage == Stage.LISTENING) {
            stage = Stage.NAMED;
            predecessor = by;
        }
        named.stream().filter(run -> !told.hasEnded(run.runId())).forEach(this::note);
        return views();
    }

    /** Hears nothing any more; returns the runs whose end was not heard. */
    synchronized List<Abroad> close() {
        stage = Stage.CLOSED;
        return List.copyOf(runs.values());
    }

    /** Forgets a run: it is this generation's now, or has ended. */
    synchronized void forget(String runId) {
        runs.remove(runId);
    }

    /** Whether the generation before may still accept messages that are unknown here. */
    synchronized boolean isAnybodyThere() {
        return stage == Stage.NAMED;
    }

    synchronized Optional<Abroad> find(String runId) {
        return Optional.ofNullable(runs.get(runId));
    }

    synchronized List<ActiveRun> views() {
        return runs.values().stream().map(Abroad::view).toList();
    }

    /** Whether somebody wanted this run to stop. */
    synchronized boolean isStopWanted(String runId) {
        return unwanted.contains(runId);
    }

    /** Asks the generation before to stop a run. */
    void stop(String runId) {
        Predecessor there;
        synchronized (this) {
            if (!runs.containsKey(runId)) {
                return;
            }
            unwanted.add(runId);
            there = predecessor;
        }
        there.stop(runId);
    }
}
