package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.server.Guest.Visit;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Every method, called by every kind of client that can come in, with every scope it can ask for,
 * in every role: whatever the gateway lists is tried, and what nobody lists as well.
 */
@Tag("S8")
class ScopeWalkTest {
    private static final String SECRET = FakeGateway.TOKEN;

    private static final List<String> SCOPES =
            List.of(
                    "operator.read",
                    "operator.write",
                    "operator.admin",
                    "operator.approvals",
                    "operator.questions",
                    "operator.pairing",
                    "operator.talk",
                    "operator.talk.secrets");

    /** What looks as if it could mean a scope, and means none. */
    private static final List<String> NO_SCOPES =
            List.of(
                    "operator.*",
                    "operator.ADMIN",
                    " operator.admin",
                    "operator.read,operator.admin",
                    "operator.admin.",
                    "admin",
                    "*",
                    "node");

    /** What no client can call, whatever it is allowed. */
    private static final List<String> UNLISTED =
            List.of("nope", "connect", "device.pair", "config", "HEALTH", "health ", "system.run");

    private final TestServer server = new TestServer();

    @BeforeEach
    void trustTheProxy() {
        server.gateway.config = FakeGateway.config(List.of(), List.of("127.0.0.1"));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private interface Arrival {
        Visit arrive(String scope) throws IOException;
    }

    /** A way in by which a client keeps the scope it asks for. */
    private Map<String, Arrival> waysToKeepAScope() {
        var ways = new LinkedHashMap<String, Arrival>();
        ways.put("the command line", scope -> bare("cli", "cli", "token", scope));
        ways.put("the command line by password", scope -> bare("cli", "cli", "password", scope));
        ways.put("a program", scope -> bare("gateway-client", "backend", "token", scope));
        ways.put("a device with the secret", scope -> Guest.local(scope).visit(server));
        ways.put("a device with its token", this::byToken);
        ways.put("a device that could do more", this::narrowed);
        ways.put("an approved device from elsewhere", this::approved);
        return ways;
    }

    /** A way in by which it loses it. */
    private Map<String, Arrival> waysToLoseAScope() {
        var ways = new LinkedHashMap<String, Arrival>();
        ways.put("a probe", scope -> bare("cli", "probe", "token", scope));
        ways.put("another program", scope -> bare("test", "test", "token", scope));
        ways.put(
                "a terminal without a device", scope -> bare("openclaw-tui", "ui", "token", scope));
        ways.put("the command line from elsewhere", scope -> far("cli", "cli", scope));
        ways.put("a program from elsewhere", scope -> far("gateway-client", "backend", scope));
        return ways;
    }

    private Map<String, Arrival> waysToComeAsANode() {
        var ways = new LinkedHashMap<String, Arrival>();
        ways.put("a node with the secret", scope -> node(scope).visit(server));
        ways.put("a node with its token", scope -> shown(node(scope)).visit(server));
        return ways;
    }

    private Visit bare(String id, String mode, String field, String scope) throws IOException {
        return bare(server.greeted(), id, mode, field, scope);
    }

    private Visit far(String id, String mode, String scope) throws IOException {
        RawClient raw = server.greeted("X-Forwarded-For: 203.0.113.9");
        return bare(raw, id, mode, "token", scope);
    }

    private static Visit bare(RawClient raw, String id, String mode, String field, String scope)
            throws IOException {
        String frame = TestServer.connectFrame(id, mode, SECRET, scope);
        raw.sendText(frame.replace("\"auth\":{\"token\"", "\"auth\":{\"" + field + "\""));
        return new Visit(raw, TestServer.answer(raw, "c1"));
    }

    private static Guest node(String scope) {
        return Guest.local(scope).as("node-host", "node", "linux").inRole("node");
    }

    /** The same with the token it gets. */
    private Guest shown(Guest guest) throws IOException {
        try (Visit visit = guest.visit(server)) {
            return guest.showing("token", visit.token());
        }
    }

    private Visit byToken(String scope) throws IOException {
        return shown(Guest.local(scope)).visit(server);
    }

    private Visit narrowed(String scope) throws IOException {
        Guest wide = Guest.local("operator.admin", "operator.talk.secrets");
        return shown(wide).wanting(scope).visit(server);
    }

    private Visit approved(String scope) throws IOException {
        Guest guest = Guest.local(scope).remote();
        try (RawClient owner = server.admin()) {
            String asked = guest.outcome(server).at("/error/details/requestId").asString();
            String params = "{\"requestId\":\"%s\"}".formatted(asked);
            assertThat(call(owner, "device.pair.approve", params).path("ok").asBoolean()).isTrue();
        }
        return guest.visit(server);
    }

    /** Everything the gateway lists, and what it does not. */
    private List<String> methods() throws Exception {
        try (Visit visit = bare("cli", "cli", "token", "operator.admin")) {
            Stream<String> listed =
                    visit.answer()
                            .at("/payload/features/methods")
                            .valueStream()
                            .map(name -> name.asString());
            return Stream.concat(listed, UNLISTED.stream()).toList();
        }
    }

    /** What whoever holds this scope may call. */
    private static Set<String> open(String scope) {
        Set<String> open = new HashSet<>();
        ScopeTest.covers(scope).forEach(covered -> open.addAll(ScopeTest.WANTED.get(covered)));
        return open;
    }

    /** Calls everything. */
    private List<String> walk(String who, Visit visit, List<String> methods, Set<String> open)
            throws Exception {
        List<String> wrong = new ArrayList<>();
        for (String method : methods) {
            String message =
                    call(visit.client(), method, "{\"bogus\":1}").at("/error/message").asString("");
            boolean isRefused =
                    message.startsWith("missing scope")
                            || message.startsWith("unauthorized role")
                            || message.startsWith("unknown method")
                            || message.startsWith("connect is only valid");
            if (isRefused == open.contains(method)) {
                wrong.add(who + " calls " + method + ": " + message);
            }
        }
        return wrong;
    }

    private List<String> walk(Map<String, Arrival> ways, List<String> scopes, boolean isKept)
            throws Exception {
        List<String> methods = methods();
        List<String> wrong = new ArrayList<>();
        for (var way : ways.entrySet()) {
            for (String scope : scopes) {
                try (Visit visit = way.getValue().arrive(scope)) {
                    String who = way.getKey() + " with " + scope;
                    List<String> told =
                            visit.auth()
                                    .path("scopes")
                                    .valueStream()
                                    .map(s -> s.asString())
                                    .toList();
                    assertThat(visit.answer().path("ok").asBoolean()).as(who).isTrue();
                    assertThat(told).as(who).isEqualTo(isKept ? List.of(scope) : List.of());
                    wrong.addAll(walk(who, visit, methods, open(isKept ? scope : "")));
                }
            }
        }
        return wrong;
    }

    @Test
    void aScopeOpensItsMethodsAndNoOther() throws Exception {
        assertThat(walk(waysToKeepAScope(), SCOPES, true)).isEmpty();
    }

    @Test
    void whoLosesItsScopesMayDoWhatEverybodyMay() throws Exception {
        assertThat(walk(waysToLoseAScope(), SCOPES, false)).isEmpty();
    }

    @Test
    void whatIsNoScopeOpensNothing() throws Exception {
        assertThat(walk(waysToKeepAScope(), NO_SCOPES, false)).isEmpty();
    }

    @Test
    void aNodeMayDoWhatNodesDoWhateverItAsksFor() throws Exception {
        List<String> methods = methods();
        Set<String> open = Set.copyOf(ScopeTest.OF_NODES);
        List<String> wrong = new ArrayList<>();
        for (var way : waysToComeAsANode().entrySet()) {
            for (String scope : SCOPES) {
                try (Visit visit = way.getValue().arrive(scope)) {
                    assertThat(visit.auth().path("scopes").isEmpty()).as(way.getKey()).isTrue();
                    wrong.addAll(walk(way.getKey() + " with " + scope, visit, methods, open));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }
}
