package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails.Moment;
import dev.evergate.core.journal.SessionDetails.Text;
import dev.evergate.core.journal.Sessions.Archived;
import dev.evergate.core.journal.Sessions.Filter;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.util.Objects;

/** What clients do with conversations besides talking. */
class SessionsTest {
    private static final String KEY = "agent:main:main";

    private final TestServer server = new TestServer();
    private RawClient client;

    @BeforeEach
    void connect() throws Exception {
        client = server.admin();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    private JsonNode payload(String method, String params) throws Exception {
        JsonNode answer = call(client, method, params);
        assertThat(answer.path("ok").asBoolean()).as(answer.toString()).isTrue();
        return answer.path("payload");
    }

    private String refusal(String method, String params) throws Exception {
        return call(client, method, params).at("/error/message").asString("");
    }

    private Session session() {
        return Objects.requireNonNull(server.gateway.sessions.get(KEY));
    }

    @Test
    void settlesWhatIsSentAndTakesItBackWithNull() throws Exception {
        JsonNode answer =
                payload(
                        "sessions.patch",
                        """
                        {"key":"agent:main:main","label":"Mine","icon":"x","category":"Travel",\
                        "thinkingLevel":"High","model":"fake/echo-1","pinned":true,\
                        "verboseLevel":"on","somethingNewer":1}""");

        assertThat(answer.path("key").asString()).isEqualTo(KEY);
        assertThat(answer.at("/entry/label").asString()).isEqualTo("Mine");
        assertThat(answer.at("/entry/thinkingLevel").asString()).isEqualTo("high");
        assertThat(answer.at("/entry/model").asString()).isEqualTo("fake/echo-1");
        assertThat(answer.path("resolved").toString())
                .isEqualTo("{\"modelProvider\":\"fake\",\"model\":\"echo-1\"}");
        assertThat(session().details().text(Text.CATEGORY)).contains("Travel");
        assertThat(session().details().has(Moment.PINNED)).isTrue();

        JsonNode row =
                payload("sessions.describe", "{\"key\":\"agent:main:main\"}").path("session");
        assertThat(row.path("pinned").asBoolean()).isTrue();
        assertThat(row.path("icon").asString()).isEqualTo("x");
        assertThat(row.path("derivedTitle").asString()).isEqualTo("Mine");
        assertThat(row.path("modelOverrideSource").asString()).isEqualTo("user");
        assertThat(payload("sessions.groups.list", "{}").toString())
                .isEqualTo(
                        "{\"groups\":[{\"name\":\"Travel\",\"position\":0}],\"sectionOrder\":[]}");

        payload(
                "sessions.patch",
                """
                {"key":"agent:main:main","label":null,"icon":null,"model":null,\
                "thinkingLevel":null,"pinned":false}""");

        assertThat(session().label()).isEmpty();
        assertThat(session().details().texts()).containsOnlyKeys(Text.CATEGORY, Text.VERBOSE_LEVEL);
        assertThat(session().details().moments()).isEmpty();
    }

    @Test
    void isReadAndUnreadAsClientsSay() throws Exception {
        payload("sessions.patch", "{\"key\":\"agent:main:main\",\"unread\":false}");
        assertThat(session().isUnread()).isFalse();
        long readAtMs = session().details().moment(Moment.READ).orElse(0);
        assertThat(readAtMs).isPositive();

        payload("sessions.patch", "{\"key\":\"agent:main:main\",\"unread\":true}");
        assertThat(session().isUnread()).isTrue();

        assertThat(
                        refusal(
                                "sessions.patch",
                                "{\"key\":\"agent:main:main\",\"unread\":false,"
                                        + "\"expectedMarkedUnreadAt\":null}"))
                .contains("changed since it was read: its unread mark is another one");
        assertThat(session().isUnread()).isTrue();
        long markedAtMs = session().details().moment(Moment.MARKED_UNREAD).orElse(0);
        payload(
                "sessions.patch",
                "{\"key\":\"agent:main:main\",\"unread\":false,\"expectedMarkedUnreadAt\":"
                        + markedAtMs
                        + "}");
        assertThat(session().isUnread()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {} | must have required property 'key'
            {"key":"main","label":5} | at /label: must be string
            {"key":"main","pinned":"yes"} | at /pinned: must be boolean
            {"key":"main","thinkingLevel":"loud"} | at /thinkingLevel: must be one of off, minimal, low
            {"key":"main","permissionMode":"read-only"} | at /permissionMode: is not offered by this gateway
            {"key":"main","model":"nope"} | model "nope" is not configured (expected one of:
            {"key":"main","expectedSessionId":"other"} | changed since it was read: it was started anew
            """)
    void refusesAPatchThatCannotBe(String params, String problem) throws Exception {
        server.gateway.conversations.change("main", session -> session);

        assertThat(refusal("sessions.patch", params)).contains(problem);

        assertThat(server.gateway.sessions.get("main")).isEqualTo(FakeGateway.sample("main"));
    }

    @Test
    void acceptsAPatchThatSetsNothingUnoffered() throws Exception {
        payload("sessions.patch", "{\"key\":\"main\",\"permissionMode\":null}");
    }

    @Test
    void listsByWhatIsAskedFor() throws Exception {
        payload(
                "sessions.list",
                """
                {"limit":7,"offset":2,"search":"abc","label":"Mine","agentId":"main",\
                "archived":true,"includeDerivedTitles":true}""");
        assertThat(server.gateway.listed.filter())
                .isEqualTo(new Filter("abc", "Mine", "main", 0, Archived.ONLY));
        assertThat(server.gateway.listed.limit()).isEqualTo(7);

        payload("sessions.list", "{\"activeMinutes\":5}");
        assertThat(server.gateway.listed.filter().changedSinceMs()).isPositive();
        assertThat(server.gateway.listed.filter().archived()).isEqualTo(Archived.NO);

        payload("sessions.list", "{\"archived\":\"all\"}");
        assertThat(server.gateway.listed.filter().archived()).isEqualTo(Archived.ALL);

        assertThat(refusal("sessions.list", "{\"archived\":\"some\"}"))
                .contains("at /archived: must be equal to one of the allowed values");
        assertThat(payload("sessions.list", "{\"spawnedBy\":\"x\"}").path("count").asInt())
                .isZero();
    }

    @Test
    void findsTheConversationThatIsMeant() throws Exception {
        payload("sessions.patch", "{\"key\":\"agent:main:main\",\"displayName\":\"Shown\"}");
        String found =
                "{\"ok\":true,\"key\":\"agent:main:main\",\"agentId\":\"main\",\"displayName\":\"Shown\"}";

        assertThat(payload("sessions.resolve", "{\"key\":\"agent:main:main\"}").toString())
                .isEqualTo(found);
        assertThat(payload("sessions.resolve", "{\"sessionId\":\"s-agent:main:main\"}").toString())
                .isEqualTo(found);
        assertThat(payload("sessions.resolve", "{\"label\":\"Mine\"}").toString()).isEqualTo(found);
        assertThat(refusal("sessions.resolve", "{\"key\":\"other\"}"))
                .startsWith("no session found");
        assertThat(
                        payload("sessions.resolve", "{\"key\":\"other\",\"allowMissing\":true}")
                                .toString())
                .isEqualTo("{\"ok\":false}");
        server.gateway.conversations.change("second", session -> session);
        assertThat(payload("sessions.resolve", "{\"label\":\"Mine\"}").path("candidates"))
                .hasSize(2);
    }

    @Test
    void showsWhatIsSaid() throws Exception {
        JsonNode previews =
                payload("sessions.preview", "{\"keys\":[\"main\",\" \"],\"maxChars\":20}")
                        .path("previews");

        assertThat(previews.toString())
                .isEqualTo(
                        """
                        [{"key":"main","status":"ok","items":[{"role":"user","text":"text 1"},\
                        {"role":"assistant","text":"text 2"}]}]""");
        assertThat(payload("sessions.get", "{\"key\":\"main\"}").path("messages")).hasSize(2);
        JsonNode message =
                payload(
                        "chat.message.get",
                        "{\"sessionKey\":\"main\",\"messageId\":\"row-1\",\"maxChars\":5}");
        assertThat(message.at("/message/content").asString()).isEqualTo("hello…");
        assertThat(
                        payload("chat.message.get", "{\"sessionKey\":\"main\",\"messageId\":\"x\"}")
                                .toString())
                .isEqualTo("{\"ok\":false,\"unavailableReason\":\"not_found\"}");
        JsonNode cut = payload("chat.history", "{\"sessionKey\":\"main\",\"maxChars\":4}");
        assertThat(cut.at("/messages/0/content").asString()).isEqualTo("text…");
        JsonNode metadata = payload("chat.metadata", "{\"sessionKey\":\"main\"}");
        assertThat(metadata.path("models").isArray()).isTrue();
        assertThat(metadata.at("/commands/0/name").asString()).isEqualTo("help");
    }

    @Test
    void speaksAndStopsByKey() throws Exception {
        payload("sessions.patch", "{\"key\":\"agent:main:main\"}");

        JsonNode sent =
                payload(
                        "sessions.send",
                        "{\"key\":\"agent:main:main\",\"message\":\"hi\",\"idempotencyKey\":\"k1\"}");
        assertThat(sent.toString()).isEqualTo("{\"runId\":\"k1\",\"status\":\"started\"}");
        assertThat(server.gateway.message("k1").text()).isEqualTo("hi");
        assertThat(refusal("sessions.send", "{\"key\":\"none\",\"message\":\"hi\"}"))
                .startsWith("session not found: none");

        server.gateway.conversations.keysOfRuns.put("k1", KEY);
        assertThat(payload("sessions.abort", "{\"runId\":\"k1\"}").toString())
                .isEqualTo("{\"ok\":true,\"abortedRunId\":\"k1\",\"status\":\"aborted\"}");
        assertThat(payload("sessions.abort", "{\"runId\":\"other\"}").toString())
                .isEqualTo("{\"ok\":true,\"abortedRunId\":null,\"status\":\"no-active-run\"}");
        assertThat(refusal("sessions.abort", "{}")).contains("must have required property 'key'");
    }

    @Test
    void createsWithWhatIsSettledAndTellsWhyItCouldNotSpeak() throws Exception {
        JsonNode made =
                payload(
                        "sessions.create",
                        """
                        {"label":"New","model":"fake/echo-1","parentSessionKey":"agent:main:main",\
                        "message":"REFUSE","idempotencyKey":"k2"}""");

        assertThat(made.path("runStarted").asBoolean()).isFalse();
        assertThat(made.path("runError").toString())
                .isEqualTo("{\"code\":\"UNAVAILABLE\",\"message\":\"not now\"}");
        assertThat(made.at("/entry/parentSessionKey").asString()).isEqualTo(KEY);
        assertThat(refusal("sessions.create", "{\"incognito\":true}"))
                .contains("at /incognito: is not offered by this gateway");
    }

    @Test
    void putsWordsIntoTheAgentsMouth() throws Exception {
        JsonNode answer =
                payload(
                        "chat.inject",
                        "{\"sessionKey\":\"main\",\"message\":\"hi\",\"label\":\"note\"}");

        assertThat(answer.toString()).isEqualTo("{\"ok\":true,\"messageId\":\"row-3\"}");
        assertThat(server.gateway.conversations.injected).containsExactly("[note]\n\nhi");
    }

    @Test
    void tellsWhatBecameOfACompaction() throws Exception {
        assertThat(payload("sessions.compact", "{\"key\":\"main\"}").toString())
                .isEqualTo(
                        "{\"ok\":true,\"key\":\"main\",\"compacted\":false,\"kept\":2,"
                                + "\"reason\":\"nothing to compact\"}");
        assertThat(payload("sessions.compact", "{\"key\":\"main\",\"maxLines\":5}").toString())
                .isEqualTo(
                        "{\"ok\":true,\"key\":\"main\",\"compacted\":true,\"kept\":5,"
                                + "\"result\":{\"tokensBefore\":30,\"tokensAfter\":10}}");
        payload("sessions.patch", "{\"key\":\"main\"}");
        assertThat(payload("sessions.compact", "{\"key\":\"main\"}").toString())
                .isEqualTo(
                        "{\"ok\":false,\"key\":\"main\",\"compacted\":false,"
                                + "\"reason\":\"the model is tired\"}");
    }

    @Test
    void showsNoApprovalsToWhoeverAsksForThem() throws Exception {
        JsonNode answer =
                payload("sessions.messages.subscribe", "{\"key\":\"k\",\"includeApprovals\":true}");

        assertThat(answer.at("/approvalReplay/approvals").isEmpty()).isTrue();
        assertThat(answer.at("/approvalReplay/sessionKey").asString()).isEqualTo("k");
    }
}
