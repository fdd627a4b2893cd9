package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

class StatusTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void tellsACommandLineWhatItWouldReadFromFilesOfItsOwnGateway() throws Exception {
        try (RawClient client = server.admin()) {
            JsonNode told =
                    call(client, "status", "{\"includeCliProjection\":true}").path("payload");

            assertThat(told.path("cliProjection"))
                    .isEqualTo(
                            TestServer.json(
                                    """
                                    {"agents":{"defaultId":"main","ownership":"sole",
                                      "selectionRequired":false,"rows":[{"id":"main"}]},
                                     "updateChannel":null,
                                     "memoryPlugin":{"enabled":false,"slot":null}}"""));
            assertThat(told.at("/sessions/byAgent"))
                    .isEqualTo(
                            TestServer.json(
                                    """
                                    [{"agentId":"main","path":"journal","count":0,"recent":[]}]"""));
            assertThat(call(client, "status", "{}").at("/payload").has("cliProjection")).isFalse();
        }
    }
}
