package dev.evergate.app.sim;

import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.Gateway.History;
import dev.evergate.core.gateway.Gateway.HistoryQuery;
import dev.evergate.core.gateway.Gateway.Sent;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.testkit.time.SimLife;
import dev.evergate.testkit.time.SimWorld;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One generation around a model that waits for the test, and what it has published. */
final class SimGeneration {
    final SimWorld world;
    final SimLife life;
    final Journal journal;
    final PatientModel model;
    final LiveGateway gateway;
    final List<GatewayEvent> events = new ArrayList<>();
    private final int number;

    SimGeneration(SimWorld world, Journal journal, int number) {
        this.world = world;
        this.life = world.life("generation-" + number);
        this.journal = journal;
        this.number = number;
        this.model = new PatientModel(world);
        this.gateway = SimGateway.build(life, journal, model, events::add, _ -> {});
    }

    /** Takes the lease, whoever holds it. */
    Epoch lease() {
        return SimGateway.lease(journal, number);
    }

    /** Enters alone. */
    SimGeneration entered() {
        gateway.enter(lease());
        return this;
    }

    /** Whatever happens in {@code predecessor} from now on is heard here at once. */
    void listenTo(SimGeneration predecessor) {
        var _ = predecessor.gateway.events().subscribe(gateway::hear);
    }

    /** Takes over from one that goes on with what runs in it. */
    void takeOverFrom(SimGeneration predecessor) {
        listenTo(predecessor);
        List<ActiveRun> abroad = predecessor.gateway.pause();
        gateway.enter(lease(), abroad, predecessor.gateway::stop);
        predecessor.gateway.leaveTo(gateway::accepted);
    }

    Sent send(String session, String text) {
        Sent sent =
                gateway.send(new Gateway.Message(session, text, "run-" + text, SimGateway.SENDER));
        world.settle();
        return sent;
    }

    /** Lets the answer to a text end, and all that follows from it. */
    void release(String text) {
        model.release(text);
        world.settle();
    }

    CompletableFuture<Optional<RunEnd>> end(String text) {
        CompletableFuture<Optional<RunEnd>> end = gateway.end("run-" + text).toCompletableFuture();
        world.settle();
        return end;
    }

    /** The texts of those that run in a conversation, then of those that wait. */
    List<List<String>> runs(String session) {
        List<ActiveRun> runs = gateway.activeRuns("agent:main:" + session);
        return List.of(
                runs.stream().filter(run -> !run.isWaiting()).map(ActiveRun::userText).toList(),
                runs.stream().filter(ActiveRun::isWaiting).map(ActiveRun::userText).toList());
    }

    History.Full history(String session) {
        return (History.Full) gateway.history(new HistoryQuery(session, 100, 0, ""));
    }

    List<String> rows(String session) {
        return history(session).rows().stream().map(TranscriptRow::text).toList();
    }

    /** The ends it told, as texts. */
    List<String> ends() {
        return events.stream()
                .filter(GatewayEvent.RunEnded.class::isInstance)
                .map(event -> ((GatewayEvent.RunEnded) event).end())
                .map(end -> end.runId().substring("run-".length()) + ": " + end.text())
                .toList();
    }
}
