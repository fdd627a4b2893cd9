package dev.evergate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ControlUi;
import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.core.config.ConfigSnapshot.SessionKeys;
import dev.evergate.server.Guest.Visit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Every route of plain HTTP with every kind of credential and every claim about scopes. */
@Tag("S8")
class HttpScopeTest {
    private static final String HOOK_TOKEN = "hook-token-0123456789";
    private static final String CLAIM = "x-openclaw-scopes: ";

    /** The scope that a route takes; {@code hook}: a secret of its own. */
    private static final Map<String, String> WANTED =
            Map.of(
                    "GET /v1/models", "operator.read",
                    "GET /v1/models/openclaw", "operator.read",
                    "POST /v1/chat/completions", "operator.write",
                    "POST /v1/responses", "operator.write",
                    "POST /v1/embeddings", "operator.write",
                    "POST /tools/invoke", "operator.write",
                    "GET /metrics", "operator.read",
                    "GET /api/diagnostics/prometheus", "operator.read",
                    "GET /control-ui-config.json", "operator.read",
                    "POST /hooks/wake", "hook");

    /** What there is not: whoever may not read is not even told so. */
    private static final List<String> NOTHING =
            List.of("GET /answerz", "GET /v1/nothing", "POST /tools/", "GET /api/diagnostics/x");

    private static final List<String> SCOPES =
            List.of(
                    "operator.read",
                    "operator.write",
                    "operator.admin",
                    "operator.approvals",
                    "operator.questions",
                    "operator.pairing",
                    "operator.talk",
                    "operator.talk.secrets",
                    "operator.*",
                    "operator.ADMIN",
                    "admin");

    private final TestServer server = new TestServer();
    private final HttpTalk talk = new HttpTalk(server);

    @TempDir private Path root;

    @BeforeEach
    void switchEverythingOn() {
        var keys = new SessionKeys("", false, List.of());
        var hooks =
                new Hooks(
                        true,
                        Secret.of(HOOK_TOKEN),
                        "/hooks",
                        262_144,
                        List.of("main"),
                        keys,
                        List.of());
        ConfigSnapshot served =
                FakeGateway.config(
                        new ControlUi(List.of(), true, "", Optional.of(root)),
                        new Http(true, true, new Embedding("fake", "embed-1"), hooks));
        server.gateway.config = served;
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    /** Asks, with a body that nobody can do anything with. */
    private int ask(String route, String... headers) throws Exception {
        String path = route.substring(route.indexOf(' ') + 1);
        return route.startsWith("GET")
                ? talk.get(path, headers).statusCode()
                : talk.post(path, "[]", headers).statusCode();
    }

    private static boolean isOpen(int status) {
        return status != 401 && status != 403 && status != 429;
    }

    private static boolean covers(String scope, String needed) {
        return scope.equals(needed)
                || (scope.equals("operator.admin") && needed.startsWith("operator."))
                || (scope.equals("operator.write") && needed.equals("operator.read"));
    }

    @Test
    void aClaimGivesUpWhatItDoesNotName() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (var route : WANTED.entrySet()) {
            for (String scope : SCOPES) {
                boolean isOpen = isOpen(ask(route.getKey(), CLAIM + scope));
                if (isOpen != covers(scope, route.getValue())) {
                    wrong.add(route.getKey() + " with " + scope + ": open " + isOpen);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aClaimThatIsBlankOrTwiceThereCannotBeOutbid() throws Exception {
        for (String route : WANTED.keySet()) {
            assertThat(isOpen(ask(route, CLAIM))).as(route).isFalse();
            assertThat(isOpen(ask(route, CLAIM + ","))).as(route).isFalse();
            assertThat(isOpen(ask(route, CLAIM + "operator.admin", CLAIM + "operator.approvals")))
                    .as(route)
                    .isFalse();
            assertThat(isOpen(ask(route, CLAIM + "operator.approvals", CLAIM + "operator.admin")))
                    .as(route)
                    .isFalse();
            assertThat(isOpen(ask(route, "X-OpenClaw-Scopes: operator.talk"))).isFalse();
        }
        assertThat(ask("GET /metrics", CLAIM + "operator.admin", CLAIM + "operator.read"))
                .isEqualTo(200);
    }

    @Test
    void whoHasNoCredentialOrTheWrongOneGetsNothing() throws Exception {
        var credentials = new LinkedHashMap<String, Set<String>>();
        String basic =
                Base64.getEncoder()
                        .encodeToString(
                                ("x:" + FakeGateway.TOKEN).getBytes(StandardCharsets.US_ASCII));
        for (String none :
                List.of(
                        "",
                        "Bearer",
                        "Bearer  ",
                        "Bearer wrong",
                        "Bearer " + FakeGateway.TOKEN + "x",
                        "Bearer " + FakeGateway.TOKEN.substring(1),
                        "Bearer (secret)",
                        FakeGateway.TOKEN,
                        "Basic " + basic)) {
            credentials.put(none, Set.of());
        }
        credentials.put("Bearer " + HOOK_TOKEN, Set.of("POST /hooks/wake"));
        Guest reader = Guest.local("operator.read");
        Guest talker = Guest.local("operator.talk");
        Guest node = Guest.local().as("node-host", "node", "linux").inRole("node");
        // What a device may do over HTTP with its token alone, which proves no key.
        credentials.put("Bearer " + token(reader), Set.of("GET /control-ui-config.json"));
        credentials.put("Bearer " + token(talker), Set.of());
        credentials.put("Bearer " + token(node), Set.of());
        List<String> routes = new ArrayList<>(WANTED.keySet());
        routes.addAll(NOTHING);
        var asked = new LinkedHashMap<String, Future<Integer>>();
        // All at once: who shows a wrong secret is kept waiting for the answer.
        try (var askers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String credential : credentials.keySet()) {
                for (String route : routes) {
                    asked.put(
                            route + " with " + credential,
                            askers.submit(() -> ask(route, "Authorization: " + credential)));
                }
            }
        }
        for (var credential : credentials.entrySet()) {
            for (String route : routes) {
                String what = route + " with " + credential.getKey();
                assertThat(isOpen(Objects.requireNonNull(asked.get(what)).get()))
                        .as(what)
                        .isEqualTo(credential.getValue().contains(route));
            }
        }
    }

    @Test
    void theGatewaysSecretOpensEverythingButHooks() throws Exception {
        for (String route : WANTED.keySet()) {
            assertThat(isOpen(ask(route))).as(route).isEqualTo(!WANTED.get(route).equals("hook"));
        }
        for (String route : NOTHING) {
            assertThat(ask(route)).as(route).isIn(400, 404, 405);
        }
    }

    @Test
    void anotherModelTakesMoreThanAnAnswer() throws Exception {
        String other = "x-openclaw-model: fake/expensive";
        for (String route : WANTED.keySet()) {
            if (route.startsWith("POST /v1/")) {
                assertThat(isOpen(ask(route, other, CLAIM + "operator.write"))).isFalse();
                assertThat(isOpen(ask(route, other, CLAIM + "operator.admin"))).isTrue();
            }
        }
    }

    private String token(Guest guest) throws IOException {
        try (Visit visit = guest.visit(server)) {
            return visit.token();
        }
    }
}
