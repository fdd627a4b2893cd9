package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot.Auth;
import dev.evergate.core.config.ConfigSnapshot.RateLimit;
import dev.evergate.core.config.ConfigSnapshot.TrustedProxy;
import dev.evergate.core.journal.AuditCheck;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Who did what is written down, before anybody is told that it was done. */
@Tag("S18")
final class AuditTest {
    private static final String HIDDEN = "sk-hidden-0123456789";

    /** Whoever may do more than read may call these too; they change nothing for others. */
    private static final Set<String> READING =
            Set.of(
                    "exec.approval.list",
                    "plugin.approval.list",
                    "openclaw.approval.list",
                    "question.list",
                    "agent.wait",
                    "users.self",
                    "device.pair.list",
                    "node.pair.list",
                    "device.pair.setupStatus",
                    "update.status",
                    "audit.entries");

    private static final Set<String> COUNTED = Set.of("chat.send", "agent", "sessions.send");

    private final TestServer server = new TestServer();
    private final HttpTalk http = new HttpTalk(server);

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void everyMethodThatDoesMoreThanReadLeavesAnEntryAndNoOtherDoes() throws Exception {
        List<String> reading = new ArrayList<>(READING);
        reading.addAll(ScopeTest.WANTED.get(""));
        reading.addAll(ScopeTest.WANTED.get("operator.read"));
        List<String> changing =
                ScopeTest.WANTED.values().stream()
                        .flatMap(List::stream)
                        .filter(method -> !reading.contains(method))
                        // The others wait while the gateway is suspended.
                        .sorted((a, b) -> Boolean.compare(isSuspending(a), isSuspending(b)))
                        .toList();
        try (RawClient client = server.admin()) {
            for (String method : reading) {
                JsonNode _ = call(client, method, "{\"bogus\":1}");
                assertThat(server.audit.of(method)).as(method).isEmpty();
            }
            for (String method : changing) {
                JsonNode _ = call(client, method, "{\"bogus\":1}");
                if (COUNTED.contains(method)) {
                    Wait.until(method + " counted", () -> !server.audit.of(method).isEmpty());
                } else {
                    assertThat(server.audit.of(method)).as(method).hasSizeGreaterThanOrEqualTo(2);
                }
            }
        }

        assertThat(changing).hasSizeGreaterThan(30);
        assertThat(AuditCheck.of(server.audit, List.of()).findings()).isEmpty();
    }

    private static boolean isSuspending(String method) {
        return method.startsWith("gateway.suspend");
    }

    @Test
    void saysWhoDidWhatWithWhatOutcomeAndNeverTheValues() throws Exception {
        try (RawClient client = server.admin()) {
            String patch =
                    "{\"raw\":\"{apiKey:'%s'}\",\"baseHash\":\"h\",\"%s\":1}"
                            .formatted(HIDDEN, HIDDEN + "!");
            assertThat(call(client, "config.patch", patch).path("ok").asBoolean()).isTrue();
        }

        List<AuditEntry> entries = server.audit.of("config.patch");
        assertThat(entries).extracting(it -> it.note().result()).containsExactly("asked", "ok");
        assertThat(entries.getLast().note().answers()).isEqualTo(entries.getFirst().seq());
        Note note = entries.getLast().note();
        assertThat(note.generation()).isEqualTo(41);
        assertThat(note.act().scope()).isEqualTo("operator.admin");
        assertThat(note.act().detail()).isEqualTo("with baseHash, raw and 1 more");
        assertThat(note.actor().method()).isEqualTo("token");
        assertThat(note.actor().client()).isEqualTo("cli/cli");
        assertThat(note.actor().address()).isEqualTo("127.0.0.1");
        assertThat(note.actor().connection()).isNotEmpty();
        assertThat(server.audit.all().toString()).doesNotContain(HIDDEN);
    }

    @Test
    void doesNothingThatItCannotWriteDown() throws Exception {
        try (RawClient client = server.admin()) {
            server.audit.isFull = true;

            JsonNode refused = call(client, "config.patch", "{\"raw\":\"{}\",\"baseHash\":\"h\"}");

            assertThat(refused.path("ok").asBoolean()).isFalse();
            assertThat(refused.at("/error/message").asString())
                    .isEqualTo(
                            "config.patch is not done, because it cannot be written into the audit"
                                    + " log: the disk is full");
            assertThat(refused.at("/error/retryable").asBoolean()).isTrue();
            assertThat(server.configs.changes).isEmpty();

            HttpResponse<String> tool = invoke("{\"tool\":\"sessions_list\",\"args\":{}}");
            assertThat(tool.statusCode()).isEqualTo(503);
            assertThat(tool.body()).contains("cannot be written into the audit log");
        }
    }

    @Test
    void doesAllTheSameWhatHelpsAFullDisk() throws Exception {
        try (RawClient client = server.admin()) {
            server.audit.isFull = true;

            assertThat(call(client, "gateway.restart.request", "{}").path("ok").asBoolean())
                    .isTrue();
            assertThat(
                            call(client, "chat.abort", "{\"sessionKey\":\"main\"}")
                                    .path("ok")
                                    .asBoolean())
                    .isTrue();
        }
    }

    @Test
    void writesDownAToolThatIsUsedOverHttp() throws Exception {
        assertThat(
                        invoke(
                                        "{\"tool\":\"sessions_list\",\"args\":{\"q\":\"%s\"}}"
                                                .formatted(HIDDEN))
                                .statusCode())
                .isEqualTo(200);

        List<AuditEntry> entries = server.audit.of("POST /tools/invoke");
        assertThat(entries).extracting(it -> it.note().result()).containsExactly("asked", "ok");
        assertThat(entries.getFirst().note().act().target()).isEqualTo("tool=sessions_list");
        assertThat(entries.getFirst().note().actor().client()).isEqualTo("http");
        assertThat(entries.getFirst().note().actor().method()).isEqualTo("token");
        assertThat(server.audit.all().toString()).doesNotContain(HIDDEN);
    }

    @Test
    void countsWhatIsRefusedSoThatAFloodIsAFewEntries() throws Exception {
        int guesses = 20;
        for (int i = 0; i < guesses; i++) {
            assertThat(http.get("/metrics", "Authorization: Bearer wrong-" + i).statusCode())
                    .isBetween(400, 499);
        }
        try (RawClient client = server.greeted()) {
            client.sendText(TestServer.connectFrame("cli", "cli", "wrong", "operator.admin"));
            assertThat(client.readText()).contains("AUTH_TOKEN_MISMATCH");
        }
        try (RawClient client = server.authenticated("operator.read")) {
            JsonNode _ = call(client, "config.patch", "{}");
            JsonNode _ = call(client, "no.such.method", "{}");
        }
        server.server.stop(server.world.time().deadlineIn(1_000));

        Wait.until(
                () -> server.audit.all().toString(),
                () -> times(server.audit.of("http request")) == guesses);
        assertThat(server.audit.of("http request")).hasSizeLessThan(4);
        assertThat(server.audit.of("http request").getFirst().note().actor().address())
                .isEqualTo("127.0.0.1");
        assertThat(server.audit.of("connect"))
                .extracting(it -> it.note().result())
                .containsExactlyInAnyOrder("AUTH_TOKEN_MISMATCH", "ok");
        Wait.until("it is counted", () -> !server.audit.of("unknown method").isEmpty());
        assertThat(
                        Stream.of("config.patch", "unknown method")
                                .flatMap(action -> server.audit.of(action).stream()))
                .extracting(it -> it.note().result())
                .containsExactly("MISSING_SCOPE", "MISSING_SCOPE");
        assertThat(server.audit.all().toString()).doesNotContain("wrong");
    }

    @Test
    void showsTheNewestEntriesToWhoeverMayDoAnything() throws Exception {
        try (RawClient client = server.admin()) {
            JsonNode _ = call(client, "system-event", "{\"text\":\"one\"}");
            JsonNode _ = call(client, "config.undo", "{}");

            JsonNode found =
                    call(client, "audit.entries", "{\"action\":\"config.\",\"limit\":1}")
                            .path("payload");

            assertThat(found.at("/entries/0/action").asString()).isEqualTo("config.undo");
            assertThat(found.at("/entries/0/result").asString()).isEqualTo("ok");
            assertThat(found.path("nextCursor").asLong())
                    .isEqualTo(found.at("/entries/0/seq").asLong());
        }
    }

    @Test
    void writesDownThatADeviceOfThisMachineWasPaired() throws Exception {
        Guest guest = Guest.local("operator.read");
        try (Guest.Visit first = guest.visit(server)) {
            assertThat(first.token()).isNotEmpty();
        }
        try (Guest.Visit again = guest.visit(server)) {
            assertThat(again.token()).isNotEmpty();
        }

        List<AuditEntry> paired = server.audit.of("device.pair.silent");
        assertThat(paired).hasSize(1);
        assertThat(paired.getFirst().note().act().target())
                .isEqualTo("deviceId=%s role=operator".formatted(guest.id()));
        assertThat(paired.getFirst().note().act().detail()).isEqualTo("operator.read");
    }

    @Test
    void namesTheUserWhomAProxySpeaksFor() throws Exception {
        var proxy = new TrustedProxy("x-user", List.of(), List.of(), true);
        var auth = new Auth(Auth.Mode.TRUSTED_PROXY, Secret.none(), RateLimit.DEFAULTS, proxy);
        server.gateway.config = FakeGateway.config(auth, List.of(), List.of("127.0.0.1"));

        HttpResponse<String> used =
                http.post(
                        "/tools/invoke",
                        "{\"tool\":\"sessions_list\",\"args\":{}}",
                        "Authorization: none",
                        "X-Forwarded-For: 10.1.2.3",
                        "X-User: nick");

        assertThat(used.statusCode()).as(used.body()).isEqualTo(200);
        Actor actor = server.audit.of("POST /tools/invoke").getLast().note().actor();
        assertThat(actor).isEqualTo(new Actor("trusted-proxy", "", "nick", "http", "", "10.1.2.3"));
    }

    private static long times(List<AuditEntry> entries) {
        return entries.stream().mapToLong(it -> it.note().times()).sum();
    }

    private HttpResponse<String> invoke(String body) throws Exception {
        return http.post("/tools/invoke", body);
    }
}
