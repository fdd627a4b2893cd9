package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayLaunch;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** One state directory, one owner: who comes second waits, gives way or takes over. */
@Tag("process")
@Tag("I4")
@Tag("I7")
class OwnershipTest {
    @RegisterExtension final Gateways gateways = new Gateways();

    private static GatewayLaunch beside(GatewayProcess owner) {
        return GatewayProcess.launch().stateDir(owner.stateDir());
    }

    private static String log(GatewayProcess gateway) {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.list(gateway.stateDir().resolve("logs"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".jsonl")).toList()) {
                text.append(Files.readString(file));
            }
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Tag("I17")
    void aStoppedOwnerIsTakenOverAndWhatItAcknowledgedIsAnswered() throws Exception {
        try (var model = FakeOpenAi.start().always(ModelScript.words(40, 100))) {
            GatewayProcess owner =
                    gateways.startReady(GatewayProcess.launch().config(Configs.with(model)));
            GatewayClient client = owner.connect();
            send(client, "before");
            GatewayProcess.signal("STOP", owner.keeperPid());
            GatewayProcess next = gateways.start(beside(owner).port(owner.port()));

            assertThat(owner.awaitExit()).isEqualTo(137);
            next.generationPid(); // Until then the port may still be the old one's.
            next.awaitReady();
            assertThat(fate(next, "before")).isEqualTo("ok");
            assertThat(log(next)).doesNotContain("a generation without a keeper");
            assertThat(log(next).split("gateway.preflight.zombie_detected", -1)).hasSize(2);
            assertThat(next.stop()).isZero();
        }
    }

    @Test
    @Tag("P3")
    void aGenerationThatLosesItsKeeperEndsByItselfAndTheNextKeeperHasThePort() {
        GatewayProcess owner = gateways.startReady(GatewayProcess.launch());
        GatewayProcess.signal("KILL", owner.keeperPid());
        GatewayProcess next = gateways.start(beside(owner).port(owner.port()));
        next.generationPid(); // Until then the port may still be the old one's.
        next.awaitReady();

        assertThat(log(next))
                .doesNotContain("a generation without a keeper")
                .doesNotContain("zombie_detected")
                .doesNotContain("Exception");
    }

    @Test
    @Tag("V2")
    void aStartByHandBesideAManagedOneSaysWhoOwnsItAndHarmsNobody() {
        GatewayProcess managed =
                gateways.startReady(
                        GatewayProcess.launch().environment("EVERGATE_SUPERVISED", "1"));
        GatewayProcess byHand = gateways.start(beside(managed));

        assertThat(byHand.awaitExit()).isEqualTo(78);
        assertThat(byHand.output())
                .contains("keeper pid " + managed.keeperPid())
                .contains("generation 1")
                .contains("127.0.0.1:" + managed.port())
                .contains("evergate status");
        try (GatewayClient client = managed.connect()) {
            assertThat(client.call("health").path("ok").asBoolean()).isTrue();
        }
    }

    @Test
    @Tag("N3")
    void underSupervisionAHeldPortIsWaitedForAndServedWhenItIsFree() throws Exception {
        GatewayLaunch launch = GatewayProcess.launch().environment("EVERGATE_SUPERVISED", "1");
        try (var holder = new ServerSocket(launch.port(), 1, InetAddress.getLoopbackAddress())) {
            GatewayProcess gateway = gateways.start(launch);
            Wait.until(
                    gateway::describe,
                    () -> gateway.output().contains("is held by") && gateway.isAlive());
            holder.close();

            gateway.awaitReady();
            assertThat(gateway.stop()).isZero();
        }
    }

    @Test
    @Tag("V1")
    @Tag("I17")
    void whoIsKilledBeforeItsDrainIsOverLosesNothingAcknowledged() throws Exception {
        try (var model = FakeOpenAi.start().always(ModelScript.words(30, 200))) {
            GatewayProcess hurried =
                    gateways.startReady(
                            GatewayProcess.launch()
                                    .environment("EVERGATE_STOP_GRACE", "60s")
                                    .config(Configs.with(model)));
            GatewayClient client = hurried.connect();
            send(client, "one");
            client.await("chat", _ -> true);
            long generation = hurried.generationPid();
            GatewayProcess.signal("TERM", hurried.keeperPid());
            Wait.until("it drains", () -> log(hurried).contains("-> stopping"));
            GatewayProcess.signal("KILL", hurried.keeperPid());
            GatewayProcess.signal("KILL", generation);
            hurried.awaitExit();

            GatewayProcess next = gateways.startReady(beside(hurried));
            assertThat(fate(next, "one")).isEqualTo("ok");
        }
    }

    @Test
    @Tag("I11")
    void withoutAKeeperTheSameLockIsHeldAndTheSameCodesAreUsed() throws Exception {
        GatewayProcess alone = gateways.startReady(GatewayProcess.launch().withoutKeeper());
        GatewayProcess keeper = gateways.start(beside(alone));
        GatewayProcess another = gateways.start(beside(alone).withoutKeeper());

        assertThat(keeper.awaitExit()).isEqualTo(78);
        assertThat(keeper.output())
                .contains("pid " + alone.keeperPid())
                .contains("127.0.0.1:" + alone.port());
        assertThat(another.awaitExit()).isEqualTo(78);
        assertThat(another.output()).contains("pid " + alone.keeperPid());
        assertThat(alone.get("/readyz").statusCode()).isEqualTo(200);

        assertThat(alone.stop()).isZero();
        GatewayProcess next = gateways.startReady(beside(alone));
        assertThat(next.stop()).isZero();
    }

    private static void send(GatewayClient client, String key) {
        client.call(
                "chat.send",
                "{\"sessionKey\":\"main\",\"message\":\"hello\",\"idempotencyKey\":\"%s\"}"
                        .formatted(key));
    }

    private static String fate(GatewayProcess gateway, String key) {
        try (GatewayClient client = gateway.connect()) {
            return client.call(
                            "agent.wait", "{\"runId\":\"%s\",\"timeoutMs\":25000}".formatted(key))
                    .path("status")
                    .asString();
        }
    }
}
