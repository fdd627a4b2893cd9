package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

class ScopeTest {
    /**
     * Scopes and what they open, written down once more: the table of the gateway is no witness.
     */
    static final Map<String, List<String>> WANTED =
            Map.of(
                    "",
                    List.of("health"),
                    "operator.read",
                    List.of(
                            "status",
                            "system-presence",
                            "last-heartbeat",
                            "agents.list",
                            "models.list",
                            "commands.list",
                            "config.get",
                            "logs.tail",
                            "diagnostics.stability",
                            "sessions.list",
                            "sessions.describe",
                            "sessions.resolve",
                            "sessions.preview",
                            "sessions.get",
                            "sessions.groups.list",
                            "chat.metadata",
                            "chat.message.get",
                            "sessions.subscribe",
                            "sessions.unsubscribe",
                            "sessions.messages.subscribe",
                            "sessions.messages.unsubscribe",
                            "chat.history",
                            "chat.startup",
                            "config.schema",
                            "config.schema.lookup",
                            "config.history",
                            "config.diff",
                            "gateway.restart.preflight",
                            "restarts.list",
                            "restarts.get",
                            "node.list",
                            "node.describe",
                            "tools.catalog",
                            "tools.effective",
                            "gateway.suspend.status",
                            "channels.status",
                            "cron.list",
                            "cron.status",
                            "cron.get",
                            "cron.runs",
                            "tasks.list",
                            "taskSuggestions.list",
                            "projects.list",
                            "progressCard.get",
                            "plugins.controlUi.list",
                            "users.prefs.get",
                            "board.get",
                            "skills.status",
                            "usage.status",
                            "usage.cost",
                            "models.authStatus",
                            "gateway.identity.get",
                            "agent.identity.get",
                            "system.info"),
                    "operator.approvals",
                    List.of("exec.approval.list", "plugin.approval.list", "openclaw.approval.list"),
                    "operator.questions",
                    List.of("question.list"),
                    "operator.write",
                    List.of(
                            "chat.send",
                            "chat.abort",
                            "agent",
                            "agent.wait",
                            "sessions.create",
                            "node.invoke",
                            "sessions.patch",
                            "sessions.send",
                            "sessions.abort",
                            "users.self",
                            "wake",
                            "tools.invoke"),
                    "operator.pairing",
                    List.of(
                            "device.pair.list",
                            "device.pair.approve",
                            "device.pair.reject",
                            "device.pair.remove",
                            "device.pair.rename",
                            "node.rename",
                            "node.pair.list",
                            "node.pair.approve",
                            "node.pair.reject",
                            "node.pair.remove",
                            "device.token.rotate",
                            "device.token.revoke"),
                    "operator.admin",
                    List.of(
                            "system-event",
                            "sessions.reset",
                            "sessions.compact",
                            "chat.inject",
                            "sessions.delete",
                            "device.pair.setupCode",
                            "device.pair.setupStatus",
                            "device.pair.setupRevoke",
                            "config.set",
                            "config.patch",
                            "config.apply",
                            "config.undo",
                            "gateway.restart.request",
                            "update.status",
                            "audit.entries",
                            "gateway.suspend.prepare",
                            "gateway.suspend.resume"));

    static final List<String> OF_NODES = List.of("node.invoke.result", "node.event");

    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    static Set<String> covers(String scope) {
        return switch (scope) {
            case "operator.read" -> Set.of("", "operator.read");
            case "operator.write" -> Set.of("", "operator.read", "operator.write");
            case "operator.pairing" -> Set.of("", "operator.pairing");
            case "operator.approvals" -> Set.of("", "operator.approvals");
            case "operator.questions" -> Set.of("", "operator.questions");
            case "operator.admin" ->
                    Set.of(
                            "",
                            "operator.read",
                            "operator.write",
                            "operator.pairing",
                            "operator.approvals",
                            "operator.questions",
                            "operator.admin");
            default -> Set.of("");
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "operator.read",
                "operator.write",
                "operator.admin",
                "operator.approvals",
                "operator.questions",
                "operator.pairing",
                "operator.talk",
                "operator.talk.secrets",
                "operator.imaginary"
            })
    void everyMethodAsksForItsScope(String held) throws Exception {
        try (RawClient client = server.authenticated(held)) {
            for (var wanted : WANTED.entrySet()) {
                for (String method : wanted.getValue()) {
                    JsonNode error = call(client, method, "{\"bogus\":1}").path("error");
                    boolean isRefused =
                            error.path("message").asString("").startsWith("missing scope");
                    assertThat(isRefused)
                            .as("%s with %s", method, held)
                            .isEqualTo(!covers(held).contains(wanted.getKey()));
                    if (isRefused) {
                        assertThat(error.toString())
                                .isEqualTo(
                                        """
                                        {"code":"FORBIDDEN","message":"missing scope: %1$s",\
                                        "details":{"code":"MISSING_SCOPE","missingScope":"%1$s",\
                                        "requiredScopes":["%1$s"]}}"""
                                                .formatted(wanted.getKey()));
                    }
                }
            }
        }
    }

    @Test
    void theTableAboveIsWhole() throws Exception {
        try (RawClient client = server.greeted()) {
            client.sendText(
                    TestServer.connectFrame("cli", "cli", FakeGateway.TOKEN, "operator.admin"));
            JsonNode methods = TestServer.json(client.readText()).at("/payload/features/methods");

            assertThat(methods.valueStream().map(JsonNode::asString))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(
                                            WANTED.values().stream().flatMap(List::stream),
                                            OF_NODES.stream())
                                    .toList());
        }
    }

    @Test
    void methodsOfNodesAreNotForOperators() throws Exception {
        try (RawClient client = server.admin()) {
            for (String method : OF_NODES) {
                assertThat(call(client, method, "{}").at("/error/message").asString())
                        .isEqualTo("unauthorized role: operator");
            }
        }
    }

    @Test
    void anUnknownMethodIsDeniedLikeAnAdminsOne() throws Exception {
        try (RawClient client = server.authenticated("operator.write")) {
            assertThat(call(client, "nope", "{}").at("/error/message").asString())
                    .isEqualTo("missing scope: operator.admin");
            assertThat(call(client, "connect", "{}").at("/error/code").asString())
                    .isEqualTo("FORBIDDEN");
        }
    }
}
