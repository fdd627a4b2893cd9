package dev.evergate.server;

import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.server.move.Departure;
import dev.evergate.server.spi.Restarts;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Holding the gateway still, and letting it go on. */
class SuspensionTest {
    private static final long PATIENCE_MS = 20_000;

    private final TestServer server = new TestServer();
    private final List<String> phases = new CopyOnWriteArrayList<>();
    private RawClient client;

    @BeforeEach
    void connect() throws Exception {
        note(server, phases);
        client = server.admin();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    private static void note(TestServer server, List<String> phases) {
        var _ =
                server.gateway
                        .events()
                        .subscribe(
                                event -> {
                                    if (event instanceof GatewayEvent.SuspensionChanged changed) {
                                        phases.add(changed.phase());
                                    }
                                });
    }

    private JsonNode prepare(String params) throws Exception {
        return call(client, "gateway.suspend.prepare", params).path("payload");
    }

    private String suspended() throws Exception {
        JsonNode held = prepare("{\"requestId\":\"r\"}");
        assertThat(held.path("status").asString("")).as(held.toString()).isEqualTo("ready");
        return held.path("suspensionId").asString();
    }

    private JsonNode status(String id) throws Exception {
        return call(client, "gateway.suspend.status", named(id));
    }

    private static JsonNode resume(RawClient by, String id) throws Exception {
        return call(by, "gateway.suspend.resume", named(id)).path("payload");
    }

    private static String named(String id) {
        return "{\"suspensionId\":\"" + id + "\"}";
    }

    @Test
    void whileItHoldsStillRequestsAreRefusedAndEverybodyIsTold() throws Exception {
        client.sendText(
                """
                {"type":"req","id":"p","method":"gateway.suspend.prepare",
                 "params":{"requestId":"r"}}""");
        assertThat(event(client, "gateway.suspension").at("/payload/phase").asString())
                .isEqualTo("preparing");
        assertThat(event(client, "gateway.suspension").at("/payload/phase").asString())
                .isEqualTo("prepared");
        JsonNode held = TestServer.answer(client, "p").path("payload");

        assertThat(held.path("status").asString("")).isEqualTo("ready");
        assertThat(held.path("expiresAtMs").asLong(0))
                .isBetween(
                        server.world.time().wallMillis() + 60_000,
                        server.world.time().wallMillis() + 120_000);
        JsonNode refused = call(client, "health", "{}").path("error");
        assertThat(refused.path("code").asString("")).isEqualTo("UNAVAILABLE");
        assertThat(refused.path("message").asString(""))
                .isEqualTo("health unavailable during gateway suspension");
        assertThat(refused.path("retryable").asBoolean(false)).isTrue();
        assertThat(refused.path("retryAfterMs").asLong(0)).isBetween(1_000L, 2_000L);
        assertThat(refused.path("details"))
                .isEqualTo(
                        TestServer.json(
                                """
                                {"reason":"gateway-suspending","method":"health",
                                 "phase":"prepared"}"""));
        String id = held.path("suspensionId").asString("");
        assertThat(status(id).at("/payload/status").asString("")).isEqualTo("ready");
        client.sendText(
                """
                {"type":"req","id":"go","method":"gateway.suspend.resume","params":%s}"""
                        .formatted(named(id)));
        assertThat(event(client, "gateway.suspension").at("/payload/phase").asString())
                .isEqualTo("accepting");
        assertThat(TestServer.answer(client, "go").path("payload"))
                .isEqualTo(
                        TestServer.json("{\"ok\":true,\"status\":\"running\",\"resumed\":true}"));
        assertThat(call(client, "health", "{}").path("ok").asBoolean(false)).isTrue();
    }

    @Test
    void newcomersAreGreetedAndToldThatItHoldsStill() throws Exception {
        String _ = suspended();

        try (RawClient newcomer = server.greeted()) {
            newcomer.sendText(
                    TestServer.connectFrame("cli", "cli", FakeGateway.TOKEN, "operator.read"));
            JsonNode hello = TestServer.json(newcomer.readText());
            assertThat(hello.at("/payload/snapshot/suspension/phase").asString(""))
                    .isEqualTo("prepared");
        }
    }

    @Test
    void itDoesNotHoldStillWhileWorkGoesOn() throws Exception {
        server.restarts.work = new Restarts.Work(2, 1);

        JsonNode busy = prepare("{\"requestId\":\"r\"}");

        assertThat(busy)
                .isEqualTo(
                        TestServer.json(
                                """
                                {"status":"busy","reason":"active-work","retryAfterMs":1000,
                                 "activeCount":3,"blockers":[
                                 {"kind":"chat-run","count":2,
                                  "message":"2 answer(s) being written"},
                                 {"kind":"queued-turn","count":1,
                                  "message":"1 message(s) waiting for their turn"}],
                                 "writeCustody":[]}"""));
        assertThat(phases).containsExactly("preparing", "accepting");
        assertThat(call(client, "health", "{}").path("ok").asBoolean(false)).isTrue();
    }

    @Test
    void aRequestThatIsBeingServedIsWork() throws Exception {
        server.gateway.gate = new CountDownLatch(1);
        client.sendText(
                """
                {"type":"req","id":"m","method":"chat.send","params":
                 {"sessionKey":"main","message":"hi","idempotencyKey":"k"}}""");

        JsonNode busy = prepare("{\"requestId\":\"r\"}");
        server.gateway.gate.countDown();

        assertThat(busy.path("status").asString("")).isEqualTo("busy");
        assertThat(busy.at("/blockers/0/kind").asString("")).isEqualTo("root-request");
        assertThat(TestServer.answer(client, "m").path("ok").asBoolean(false)).isTrue();
        String _ = suspended();
    }

    @Test
    void itHoldsStillAsSoonAsTheWorkItWaitsForHasEnded() throws Exception {
        server.restarts.work = new Restarts.Work(1, 0);

        JsonNode draining = prepare("{\"requestId\":\"r\",\"drain\":true}");

        String id = draining.path("suspensionId").asString("");
        assertThat(draining.path("status").asString("")).isEqualTo("draining");
        assertThat(draining.path("activeCount").asInt(0)).isEqualTo(1);
        assertThat(call(client, "chat.send", "{}").at("/error/details/phase").asString(""))
                .isEqualTo("draining");
        assertThat(status(id).at("/payload/blockers/0/kind").asString("")).isEqualTo("chat-run");

        server.restarts.work = new Restarts.Work(0, 0);

        Wait.until("it is told", PATIENCE_MS, () -> phases.contains("prepared"));
        assertThat(phases).containsExactly("preparing", "draining", "prepared");
        assertThat(status(id).at("/payload/status").asString("")).isEqualTo("ready");
    }

    @Test
    void itEndsByItself() throws Exception {
        String id = suspended();
        server.world.forward(119_000);
        assertThat(status(id).at("/payload/status").asString("")).isEqualTo("ready");

        server.world.forward(1_000);

        assertThat(call(client, "health", "{}").path("ok").asBoolean(false)).isTrue();
        assertThat(phases).endsWith("accepting");
        assertThat(status(id).path("payload"))
                .isEqualTo(TestServer.json("{\"status\":\"running\"}"));
        assertThat(resume(client, id).path("resumed").asBoolean(true)).isFalse();
    }

    @Test
    void itsEndIsToldToThoseWhoAskForNothing() throws Exception {
        String _ = suspended();

        server.world.forward(120_000);

        Wait.until("it is told", PATIENCE_MS, () -> phases.contains("accepting"));
    }

    @Test
    void whoeverHoldsItMayGoOnHoldingItAndNobodyElse() throws Exception {
        String id = suspended();
        server.world.forward(100_000);

        assertThat(suspended()).isEqualTo(id);
        server.world.forward(100_000);
        assertThat(status(id).at("/payload/status").asString("")).isEqualTo("ready");

        JsonNode other =
                call(client, "gateway.suspend.prepare", "{\"requestId\":\"o\"}").path("error");
        assertThat(other.path("code").asString("")).isEqualTo("UNAVAILABLE");
        assertThat(other.path("message").asString(""))
                .isEqualTo("another gateway suspension is already prepared");
        assertThat(other.at("/details/reason").asString(""))
                .isEqualTo("gateway-suspension-conflict");
        assertThat(other.at("/details/expiresAtMs").asLong(0)).isPositive();
        assertThat(status("nope").at("/error/message").asString(""))
                .isEqualTo("a different gateway suspension is prepared");
        assertThat(
                        call(client, "gateway.suspend.resume", named("nope"))
                                .at("/error/message")
                                .asString(""))
                .isEqualTo("gateway suspension id does not match");
    }

    @Test
    void aRequestIdIsNeeded() throws Exception {
        assertThat(call(client, "gateway.suspend.prepare", "{}").at("/error/message").asString(""))
                .isEqualTo(
                        "invalid gateway.suspend.prepare params: must have required property"
                                + " 'requestId'");
    }

    @Test
    void plainRequestsWaitTooAndReadinessSaysSo() throws Exception {
        HttpTalk http = new HttpTalk(server);
        String _ = suspended();

        var refused = http.post("/tools/invoke", "{\"tool\":\"agents_list\"}");
        var ready = http.get("/readyz");

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("suspended");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).contains("\"failing\":[\"gateway-suspended\"]");
        assertThat(http.get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void itGoesAlongWithARestart() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (TestServer heir = new TestServer();
                Ferry ferry = new Ferry()) {
            note(heir, heard);
            String id = suspended();
            try (Departure departure = server.server.depart()) {
                assertThat(ferry.moveAll(departure, heir, 100)).isEqualTo(1);
            }

            assertThat(call(client, "health", "{}").at("/error/details/phase").asString(""))
                    .isEqualTo("prepared");
            assertThat(status(id).at("/payload/status").asString("")).isEqualTo("ready");
            try (RawClient newcomer = heir.admin()) {
                assertThat(resume(newcomer, id).path("resumed").asBoolean(false)).isTrue();
            }
            assertThat(call(client, "health", "{}").path("ok").asBoolean(false)).isTrue();
            assertThat(heard).containsExactly("prepared", "accepting");
        }
    }

    @Test
    void itGoesOnWhereARestartFails() throws Exception {
        String id = suspended();
        try (Departure departure = server.server.depart()) {
            assertThat(departure.freeze(100)).isEqualTo(1);
            departure.takeBack();
        }

        assertThat(status(id).at("/payload/status").asString("")).isEqualTo("ready");
        assertThat(resume(client, id).path("resumed").asBoolean(false)).isTrue();
        assertThat(call(client, "health", "{}").path("ok").asBoolean(false)).isTrue();
    }

    @Test
    void nobodySuspendsWhatIsBeingHandedOver() throws Exception {
        try (Departure departure = server.server.depart()) {
            JsonNode busy = prepare("{\"requestId\":\"r\"}");

            assertThat(busy.path("reason").asString("")).isEqualTo("gateway-draining");
            departure.takeBack();
        }
        String _ = suspended();
    }
}
