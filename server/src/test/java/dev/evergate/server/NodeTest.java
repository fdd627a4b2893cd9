package dev.evergate.server;

import static dev.evergate.server.TestServer.answer;
import static dev.evergate.server.TestServer.call;
import static dev.evergate.server.TestServer.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.server.Guest.Visit;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.util.List;

class NodeTest {
    private final TestServer server = new TestServer();
    private final Guest guest = Guest.local().as("node-host", "node", "linux").inRole("node");
    private RawClient owner;

    @BeforeEach
    void open() throws Exception {
        owner = server.admin();
    }

    @AfterEach
    void stop() throws Exception {
        owner.close();
        server.close();
        assertThat(server.faults).isEmpty();
    }

    /** Connects as a node that offers these commands. */
    private Visit node(String... commands) throws Exception {
        return guest.offering(commands).visit(server);
    }

    /** The same, and what it offers is allowed. */
    private Visit allowed(String... commands) throws Exception {
        Visit visit = node(commands);
        String requestId = row().path("pendingRequestId").asString();
        assertThat(approve(requestId).path("ok").asBoolean()).isTrue();
        return visit;
    }

    private JsonNode approve(String requestId) throws Exception {
        return call(owner, "node.pair.approve", "{\"requestId\":\"" + requestId + "\"}");
    }

    private JsonNode row() throws Exception {
        JsonNode nodes = call(owner, "node.list", "{}").at("/payload/nodes");
        assertThat(nodes.size()).isEqualTo(1);
        return nodes.path(0);
    }

    private String invocation(String command, String key) {
        return """
        {"nodeId":"%s","command":"%s","params":{"n":1},"idempotencyKey":"%s"}"""
                .formatted(guest.id(), command, key);
    }

    private static void ask(RawClient client, String id, String params) throws Exception {
        client.sendText(
                "{\"type\":\"req\",\"id\":\"%s\",\"method\":\"node.invoke\",\"params\":%s}"
                        .formatted(id, params));
    }

    private JsonNode bring(RawClient node, JsonNode request, String rest) throws Exception {
        return call(
                node,
                "node.invoke.result",
                "{\"id\":\"%s\",\"nodeId\":\"%s\",%s}"
                        .formatted(request.at("/payload/id").asString(), guest.id(), rest));
    }

    @Test
    void whatANodeOffersIsNotUsableBeforeSomebodyHasAllowedIt() throws Exception {
        try (Visit visit = node("system.run", "camera.snap")) {
            assertThat(visit.auth().path("role").asString()).isEqualTo("node");
            assertThat(visit.auth().path("scopes").size()).isZero();
            assertThat(visit.token()).isNotEmpty();
            JsonNode asked = event(owner, "node.pair.requested").path("payload");
            assertThat(asked.path("commands").toString())
                    .isEqualTo("[\"system.run\",\"camera.snap\"]");
            assertThat(asked.path("requiredApproveScopes").toString())
                    .isEqualTo("[\"operator.pairing\",\"operator.admin\"]");
            assertThat(row().path("approvalState").asString()).isEqualTo("pending-approval");
            assertThat(row().path("commands").size()).isZero();
            assertThat(row().path("connected").asBoolean()).isTrue();

            JsonNode refused = call(owner, "node.invoke", invocation("system.run", "k"));
            assertThat(refused.at("/error/code").asString()).isEqualTo("INVALID_REQUEST");
            assertThat(refused.at("/error/message").asString())
                    .endsWith("evergate nodes approve " + asked.path("requestId").asString());

            JsonNode done = approve(asked.path("requestId").asString());

            assertThat(done.at("/payload/node/commands").size()).isEqualTo(2);
            assertThat(event(visit.client(), "node.pair.resolved").at("/payload/decision"))
                    .hasToString("\"approved\"");
            assertThat(row().path("approvalState").asString()).isEqualTo("approved");
            assertThat(row().path("commands").size()).isEqualTo(2);
            assertThat(approve(asked.path("requestId").asString()).at("/error/message").asString())
                    .isEqualTo("unknown requestId");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"approved\":true",
                "\"Approved\":1",
                "\"\\u0061pproved\":true",
                "\"approvalDecision\":\"allow-always\"",
                "\"approvalSource\":\"ask-fallback\"",
                "\"approvalAuthority\":{}"
            })
    @Tag("S14")
    void nobodyApprovesTheOwnRequest(String field) throws Exception {
        try (Visit visit = allowed("system.run", "system.run.prepare", "light.on")) {
            for (String command : List.of("system.run", "system.run.prepare")) {
                String params =
                        "\"timeoutMs\":1000,\"params\":{\"command\":[\"id\"],%s}".formatted(field);
                String asked = invocation(command, "k").replace("\"params\":{\"n\":1}", params);
                assertRefused(asked, "says that a person has approved this");
            }
            assertOnlyLightIsAskedFor(visit);
        }
    }

    @Test
    @Tag("S14")
    void nobodyChangesFromAfarWhatANodeAsksAPersonAbout() throws Exception {
        try (Visit visit = allowed("system.execApprovals.set", "light.on")) {
            String asked = invocation("system.execApprovals.set", "k");
            assertRefused(
                    asked.replace("\"params\"", "\"timeoutMs\":1000,\"params\""),
                    "changes what a node asks a person about");
            assertOnlyLightIsAskedFor(visit);
        }
    }

    private void assertRefused(String asked, String why) throws Exception {
        JsonNode error = call(owner, "node.invoke", asked).path("error");
        assertThat(error.path("code").asString()).isEqualTo("INVALID_REQUEST");
        assertThat(error.path("message").asString()).contains(why);
    }

    private void assertOnlyLightIsAskedFor(Visit visit) throws Exception {
        ask(owner, "n", invocation("light.on", "k2"));
        assertThat(event(visit.client(), "node.invoke.request").at("/payload/command"))
                .hasToString("\"light.on\"");
    }

    @Test
    void offeringLessNeedsNobodyAndOfferingMoreLeavesWhatWasAllowed() throws Exception {
        allowed("a.one", "a.two").close();
        try (Visit _ = node("a.one")) {
            assertThat(row().path("approvalState").asString()).isEqualTo("approved");
            assertThat(row().path("commands").toString()).isEqualTo("[\"a.one\"]");
        }
        try (Visit _ = node("a.two", "a.three")) {
            assertThat(row().path("approvalState").asString()).isEqualTo("pending-reapproval");
            assertThat(row().path("commands").toString()).isEqualTo("[\"a.two\"]");
            String first = row().path("pendingRequestId").asString();
            node("a.two", "a.three").close();
            assertThat(row().path("pendingRequestId").asString())
                    .as("the same wish is one request")
                    .isEqualTo(first);
        }
    }

    @Test
    void whoMayNotDoMoreThanWriteCannotAllowProgramsToBeRun() throws Exception {
        try (Visit _ = node("system.run");
                RawClient helper = server.authenticated("operator.pairing", "operator.write")) {
            String requestId = row().path("pendingRequestId").asString();
            JsonNode refused =
                    call(helper, "node.pair.approve", "{\"requestId\":\"" + requestId + "\"}");

            assertThat(refused.at("/error/message").asString())
                    .isEqualTo("missing scope: operator.admin");
            JsonNode rejected =
                    call(helper, "node.pair.reject", "{\"requestId\":\"" + requestId + "\"}");
            assertThat(rejected.at("/payload/nodeId").asString()).isEqualTo(guest.id());
            assertThat(call(owner, "node.pair.list", "{}").path("payload").toString())
                    .isEqualTo("{\"pending\":[],\"paired\":[]}");
        }
    }

    @Test
    void anOperatorGetsWhatTheNodeBrings() throws Exception {
        try (Visit visit = allowed("a.one")) {
            ask(owner, "i", invocation("a.one", "k"));
            JsonNode request = event(visit.client(), "node.invoke.request");
            assertThat(request.at("/payload/command").asString()).isEqualTo("a.one");
            assertThat(request.at("/payload/paramsJSON").asString()).isEqualTo("{\"n\":1}");
            assertThat(request.at("/payload/timeoutMs").asInt()).isEqualTo(30_000);
            assertThat(request.at("/payload/idempotencyKey").asString()).isEqualTo("k");

            JsonNode receipt =
                    bring(visit.client(), request, "\"ok\":true,\"payload\":{\"x\":[1]}");

            assertThat(receipt.path("payload").toString()).isEqualTo("{\"ok\":true}");
            assertThat(answer(owner, "i").path("payload").toString())
                    .isEqualTo(
                            """
                            {"ok":true,"nodeId":"%s","command":"a.one","payload":{"x":[1]},\
                            "payloadJSON":null}"""
                                    .formatted(guest.id()));
            assertThat(bring(visit.client(), request, "\"ok\":true").path("payload").toString())
                    .as("a second time")
                    .isEqualTo("{\"ok\":true,\"ignored\":true}");
        }
    }

    @Test
    void theGatewayDoesNotHoldStillWhileANodeIsWaitedFor() throws Exception {
        try (Visit visit = allowed("a.one")) {
            ask(owner, "i", invocation("a.one", "k"));
            JsonNode request = event(visit.client(), "node.invoke.request");

            JsonNode busy = call(owner, "gateway.suspend.prepare", "{\"requestId\":\"r\"}");
            assertThat(busy.at("/payload/blockers/0/kind").asString()).isEqualTo("root-request");
            JsonNode draining =
                    call(owner, "gateway.suspend.prepare", "{\"requestId\":\"r\",\"drain\":true}");
            assertThat(draining.at("/payload/status").asString()).isEqualTo("draining");

            JsonNode _ = bring(visit.client(), request, "\"ok\":true");

            while (!event(owner, "gateway.suspension")
                    .at("/payload/phase")
                    .asString()
                    .equals("prepared")) {
                // what came before
            }
        }
    }

    @Test
    void theSameKeyAsksOnce() throws Exception {
        try (Visit visit = allowed("a.one");
                RawClient other = server.authenticated("operator.write")) {
            ask(owner, "i", invocation("a.one", "k"));
            JsonNode request = event(visit.client(), "node.invoke.request");
            ask(other, "j", invocation("a.one", "k"));
            assertThat(call(other, "node.list", "{}").path("ok").asBoolean()).isTrue();
            JsonNode _ =
                    bring(
                            visit.client(),
                            request,
                            "\"ok\":false,\"error\":{\"code\":\"E_SHUTTER\",\"message\":\"stuck\"}");

            for (JsonNode failed : List.of(answer(owner, "i"), answer(other, "j"))) {
                assertThat(failed.at("/error/code").asString()).isEqualTo("UNAVAILABLE");
                assertThat(failed.at("/error/message").asString()).isEqualTo("E_SHUTTER: stuck");
                assertThat(failed.at("/error/details/nodeError/code").asString())
                        .isEqualTo("E_SHUTTER");
            }
            assertThat(call(other, "node.invoke", invocation("a.one", "k")).at("/error/message"))
                    .hasToString("\"E_SHUTTER: stuck\"");
            ask(other, "l", invocation("a.one", "k2"));
            assertThat(
                            event(visit.client(), "node.invoke.request")
                                    .at("/payload/idempotencyKey")
                                    .asString())
                    .as("nothing was asked in between")
                    .isEqualTo("k2");
        }
    }

    @Test
    void aNodeThatIsNotHereOrLeavesIsSaidSo() throws Exception {
        try (Visit visit = allowed("a.one")) {
            ask(owner, "i", invocation("a.one", "k"));
            JsonNode _ = event(visit.client(), "node.invoke.request");
        }
        JsonNode lost = answer(owner, "i");
        assertThat(lost.at("/error/message").asString())
                .isEqualTo("NOT_CONNECTED: node disconnected");
        assertThat(lost.at("/error/details/nodeCommandDispatched").asBoolean()).isTrue();

        JsonNode absent = call(owner, "node.invoke", invocation("a.one", "k"));

        assertThat(absent.at("/error/details/code").asString()).isEqualTo("NOT_CONNECTED");
        assertThat(absent.at("/error/details/nodeCommandDispatched").asBoolean()).isFalse();
        assertThat(row().path("connected").asBoolean()).isFalse();
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsCancelled() throws Exception {
        try (Visit visit = allowed("a.one")) {
            JsonNode request;
            try (RawClient other = server.authenticated("operator.write")) {
                ask(other, "i", invocation("a.one", "k"));
                request = event(visit.client(), "node.invoke.request");
            }
            JsonNode cancelled = event(visit.client(), "node.invoke.cancel").path("payload");

            assertThat(cancelled.path("invokeId")).isEqualTo(request.at("/payload/id"));
            assertThat(bring(visit.client(), request, "\"ok\":true").at("/payload/ignored"))
                    .hasToString("true");
        }
    }

    @Test
    void aNodeThatTakesTooLongIsNotWaitedFor() throws Exception {
        try (Visit visit = allowed("a.one")) {
            String hasty =
                    invocation("a.one", "k").replace("{\"nodeId\"", "{\"timeoutMs\":1,\"nodeId\"");

            JsonNode late = call(owner, "node.invoke", hasty);

            assertThat(late.at("/error/message").asString())
                    .isEqualTo("TIMEOUT: node invoke timed out");
            JsonNode _ = event(visit.client(), "node.invoke.cancel");
        }
    }

    @Test
    void aNodeCallsOnlyWhatIsForNodes() throws Exception {
        try (Visit visit = allowed("a.one")) {
            for (String method : List.of("health", "node.list", "node.invoke", "nope")) {
                assertThat(call(visit.client(), method, "{}").at("/error/message").asString())
                        .isEqualTo("unauthorized role: node");
            }
            assertThat(call(visit.client(), "node.event", "{\"event\":\"x.y\"}").path("payload"))
                    .hasToString(
                            "{\"ok\":true,\"event\":\"x.y\",\"handled\":false,\"reason\":\"not-supported\"}");
            JsonNode foreign =
                    call(
                            visit.client(),
                            "node.invoke.result",
                            "{\"id\":\"i\",\"nodeId\":\"other\",\"ok\":true}");
            assertThat(foreign.at("/error/message").asString()).isEqualTo("nodeId mismatch");
        }
    }

    @Test
    void aNodeThatIsRemovedEndsAndHasToBeAllowedAgain() throws Exception {
        try (Visit visit = allowed("a.one")) {
            JsonNode removed =
                    call(owner, "node.pair.remove", "{\"nodeId\":\"" + guest.id() + "\"}");

            assertThat(removed.at("/payload/nodeId").asString()).isEqualTo(guest.id());
            assertThat(visit.client().readClose().closeCode()).isEqualTo(4001);
            assertThat(call(owner, "node.list", "{}").at("/payload/nodes").size()).isZero();
        }
        try (Visit _ = node("a.one")) {
            assertThat(row().path("approvalState").asString()).isEqualTo("pending-approval");
        }
    }

    @Test
    void peopleNameNodesAndDevices() throws Exception {
        try (Visit _ = node()) {
            JsonNode _ =
                    call(
                            owner,
                            "node.rename",
                            "{\"nodeId\":\"%s\",\"displayName\":\" Hall \"}".formatted(guest.id()));
            assertThat(row().path("displayName").asString()).isEqualTo("Hall");
            JsonNode renamed =
                    call(
                            owner,
                            "device.pair.rename",
                            "{\"deviceId\":\"%s\",\"label\":\"Attic\"}".formatted(guest.id()));
            assertThat(renamed.path("ok").asBoolean()).isTrue();
            JsonNode device = call(owner, "device.pair.list", "{}").at("/payload/paired/0");
            assertThat(device.path("operatorLabel").asString()).isEqualTo("Attic");
            assertThat(
                            call(owner, "node.describe", "{\"nodeId\":\"" + guest.id() + "\"}")
                                    .at("/payload/displayName")
                                    .asString())
                    .isEqualTo("Attic");
        }
    }

    @Test
    void tellsAnOperatorThatAResultIsTooLarge() throws Exception {
        try (Visit visit = allowed("a.one")) {
            ask(owner, "i", invocation("a.one", "k"));
            JsonNode request = event(visit.client(), "node.invoke.request");
            String large = "x".repeat((8 << 20) + 1);

            JsonNode _ =
                    bring(visit.client(), request, "\"ok\":true,\"payload\":\"" + large + "\"");

            assertThat(answer(owner, "i").at("/error/details/code").asString())
                    .isEqualTo("RESULT_TOO_LARGE");
        }
    }
}
