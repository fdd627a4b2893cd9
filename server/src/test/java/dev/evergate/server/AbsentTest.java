package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

class AbsentTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    question.list          | {"questions":[]}
                    exec.approval.list     | []
                    plugin.approval.list   | []
                    openclaw.approval.list | []
                    tasks.list             | {"tasks":[]}
                    taskSuggestions.list   | {"suggestions":[]}
                    projects.list          | {"projects":[],"recents":[]}
                    progressCard.get       | {"card":null}
                    users.prefs.get        | {"status":"ok","entries":{}}
                    """)
    void whatIsNotThereIsAnEmptyList(String method, String expected) throws Exception {
        try (RawClient client = server.admin()) {
            assertThat(call(client, method, "{\"bogus\":1}").path("payload").toString())
                    .isEqualTo(expected);
        }
    }

    @Test
    void aPageOfJobsIsWholeSinceClientsRefuseAnyOther() throws Exception {
        try (RawClient client = server.admin()) {
            assertThat(call(client, "cron.list", "{\"limit\":200,\"offset\":0}").path("payload"))
                    .isEqualTo(
                            TestServer.json(
                                    """
                                    {"jobs":[],"total":0,"offset":0,"limit":200,"hasMore":false,
                                     "nextOffset":null,"snapshotRevision":"none"}"""));
            assertThat(call(client, "cron.list", "{\"limit\":201}").at("/error/message").asString())
                    .isEqualTo("invalid cron.list params: at /limit: must be <= 200");
        }
    }

    @Test
    void aJobNobodyHasIsNamed() throws Exception {
        try (RawClient client = server.admin()) {
            JsonNode error = call(client, "cron.get", "{\"jobId\":\"j-1\"}").path("error");

            assertThat(error.path("message").asString()).startsWith("cron job not found: j-1");
            assertThat(error.at("/details/code").asString()).isEqualTo("CRON_JOB_NOT_FOUND");
            assertThat(error.at("/details/jobId").asString()).isEqualTo("j-1");
        }
    }

    @Test
    void noChannelIsConfigured() throws Exception {
        try (RawClient client = server.admin()) {
            JsonNode status = call(client, "channels.status", "{}").path("payload");

            assertThat(status.path("ts").isIntegralNumber()).isTrue();
            assertThat(status.path("channels")).isEqualTo(TestServer.json("{}"));
            assertThat(status.path("channelOrder")).isEqualTo(TestServer.json("[]"));
        }
    }

    @Test
    void aBoardIsEmptyWhateverConversationItIsOf() throws Exception {
        try (RawClient client = server.admin()) {
            assertThat(
                            call(client, "board.get", "{\"sessionKey\":\"agent:main:x\"}")
                                    .at("/payload"))
                    .isEqualTo(
                            TestServer.json(
                                    """
                                    {"sessionKey":"agent:main:x","revision":0,"tabs":[],\
                                    "widgets":[]}"""));
        }
    }
}
