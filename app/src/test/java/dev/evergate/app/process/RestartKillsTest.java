package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.app.process.Ambush.Place;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayLaunch;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * Whoever dies in the middle of a restart, the old generation or the keeper, and at whatever step:
 * every message that was acknowledged is answered once.
 */
@Tag("process")
@Tag("I17")
@Tag("I18")
class RestartKillsTest {
    private static final Place TAKING = new Place("dev.evergate.app.Entry", "enter", 1);
    private static final int MESSAGES = 6;

    @RegisterExtension final Gateways gateways = new Gateways();
    @TempDir Path folder;
    private final FakeOpenAi model = FakeOpenAi.start().always(ModelScript.words(10, 100));
    private Path build;

    /** Where the successor stands when somebody else dies. */
    enum Step {
        REHEARSING(new Place("dev.evergate.app.rehearsal.Rehearsal", "run", 1)),
        TAKEN(TAKING),
        FIRST_BATCH(TAKING, new Place("dev.evergate.server.ControlServer", "arrivals", 1)),
        LEASE(TAKING, new Place("dev.evergate.app.GatewayAssembly", "enter", 1)),
        SERVING(TAKING, new Place("dev.evergate.app.GatewayAssembly", "serve", 1)),
        COMMITTED(TAKING, new Place("dev.evergate.app.handover.Successor", "serve", 1));

        @SuppressWarnings("ImmutableEnumChecker") // List.of makes one that nobody changes.
        private final List<Place> way;

        Step(Place... way) {
            this.way = List.of(way);
        }
    }

    @BeforeEach
    void copy() throws IOException {
        build = Ambush.build(folder);
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void theOldGenerationDiesWhileItsConnectionsMove() throws Exception {
        oldGenerationDies(Step.FIRST_BATCH);
    }

    @Test
    void theOldGenerationDiesWhenItsSuccessorServes() throws Exception {
        oldGenerationDies(Step.COMMITTED);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    @Tag("full")
    void theOldGenerationDiesAt(Step step) throws Exception {
        oldGenerationDies(step);
    }

    private void oldGenerationDies(Step step) throws Exception {
        GatewayProcess gateway = gateways.startReady(launch());
        Restarts restarts = new Restarts(gateway);
        List<String> sent = send(gateway);
        Ambush.Deed deed =
                _ -> {
                    GatewayProcess.signal("KILL", gateway.generations().getFirst().pid());
                    return true;
                };
        try (Ambush ambush = new Ambush(build, step.way, deed);
                GatewayClient _ = gateway.connect()) { // somebody has to be there to move
            restarts.askAndAwaitEnd();
            ambush.awaitDone();
        }
        gateway.awaitReady();

        assertThat(gateway.generations()).hasSize(1);
        assertEachIsAnsweredOnce(gateway, sent);
    }

    @Test
    void theKeeperDiesWhileConnectionsMove() throws Exception {
        keeperDies(Step.FIRST_BATCH);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    @Tag("full")
    void theKeeperDiesAt(Step step) throws Exception {
        keeperDies(step);
    }

    private void keeperDies(Step step) throws Exception {
        GatewayLaunch launch = launch();
        GatewayProcess gateway = gateways.startReady(launch);
        List<String> sent = send(gateway);
        List<ProcessHandle> all = new ArrayList<>();
        Ambush.Deed deed =
                _ -> {
                    all.addAll(gateway.generations());
                    GatewayProcess.signal("KILL", gateway.keeperPid());
                    return true;
                };
        try (Ambush ambush = new Ambush(build, step.way, deed);
                GatewayClient _ = gateway.connect()) { // somebody has to be there to move
            GatewayProcess.signal("USR1", gateway.keeperPid());
            ambush.awaitDone();
            assertThat(all).hasSize(2);
            Wait.until(
                    () -> "both generations are gone; " + gateway.describe(),
                    () -> all.stream().noneMatch(ProcessHandle::isAlive));
        }
        GatewayProcess next = gateways.startReady(launch);

        assertEachIsAnsweredOnce(next, sent);
    }

    private GatewayLaunch launch() {
        return GatewayProcess.launch().dist(build).config(Configs.with(model));
    }

    /** Messages in conversations of their own, some still unanswered, all acknowledged. */
    private static List<String> send(GatewayProcess gateway) {
        List<String> sent = new ArrayList<>();
        try (GatewayClient client = gateway.connect()) {
            for (int i = 0; i < MESSAGES; i++) {
                String text = "message " + i;
                Turns.send(client, text);
                sent.add(text);
            }
        }
        return sent;
    }

    private static void assertEachIsAnsweredOnce(GatewayProcess gateway, List<String> sent) {
        try (GatewayClient client = gateway.connect()) {
            for (String text : sent) {
                String key = text.replace(' ', '-');
                JsonNode end =
                        client.call(
                                "agent.wait",
                                "{\"runId\":\"run-%s\",\"timeoutMs\":9000}".formatted(key));
                JsonNode history =
                        client.call(
                                "chat.history",
                                "{\"sessionKey\":\"agent:main:run-%s\"}".formatted(key));
                assertThat(end.path("status").asString("")).as(end.toString()).isEqualTo("ok");
                assertThat(roles(history))
                        .as(history.toString())
                        .containsExactly("user", "assistant");
            }
        }
    }

    private static List<String> roles(JsonNode history) {
        return StreamSupport.stream(history.path("messages").spliterator(), false)
                .map(row -> row.path("role").asString(""))
                .toList();
    }
}
