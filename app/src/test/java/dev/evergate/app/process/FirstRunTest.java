package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** The first minutes of somebody who has configured nothing. */
@Tag("process")
class FirstRunTest {
    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    @Tag("S2")
    void startsFromNothingAndKeepsItsStateToItsOwner() throws IOException {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());

        assertThat(permissions(gateway.stateDir())).isEqualTo("rwx------");
        assertThat(permissions(gateway.stateDir().resolve("evergate.json"))).isEqualTo("rw-------");
        assertThat(permissions(gateway.stateDir().resolve("run/access"))).isEqualTo("rw-------");
        assertThat(gateway.token()).hasSize(43);
        assertThat(gateway.output())
                .contains("Evergate")
                .contains("http://127.0.0.1:" + gateway.port() + "/")
                .contains("evergate agent --message");
    }

    @Test
    void answersWithAnHonestCardWhileNoModelIsConfigured() {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        try (GatewayClient client = gateway.connect()) {
            assertThat(said(client, "hello"))
                    .contains("no model is configured")
                    .contains("evergate.json");
            assertThat(said(client, "/status")).contains("none configured");
            assertThat(said(client, "/help")).contains("/new").contains("/stop");
            assertThat(said(client, "/whoami")).contains("agent:main:main");
            assertThat(said(client, "/stop")).contains("Nothing is being answered");
            assertThat(said(client, "/new")).contains("new conversation");
        }
    }

    @Test
    void saysWhoItIsToProbes() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());

        HttpResponse<String> ready = gateway.get("/readyz");

        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body())
                .contains("\"ready\":true")
                .contains("no-model")
                .contains("\"generation\":1");
        assertThat(gateway.get("/healthz?strict=1").statusCode()).isEqualTo(200);
    }

    @Test
    void showsItsTokenToNobodyElse() throws Exception {
        String canary = "c4n4ry-token-that-must-not-be-seen";
        GatewayProcess gateway =
                gateways.startReady(
                        GatewayProcess.launch().environment("EVERGATE_GATEWAY_TOKEN", canary));
        try (GatewayClient client = GatewayClient.connect(gateway.url(), canary)) {
            String shown =
                    client.call("config.get").toString()
                            + client.call("status")
                            + said(client, "hello");
            assertThat(shown).doesNotContain(canary).doesNotContain(gateway.token());
        }

        assertThat(gateway.output()).doesNotContain(canary).doesNotContain(gateway.token());
        assertThat(filesBelow(gateway.stateDir().resolve("logs")))
                .allSatisfy(
                        file ->
                                assertThat(Files.readString(file))
                                        .doesNotContain(canary)
                                        .doesNotContain(gateway.token()));
        assertThat(commandLines(gateway)).noneMatch(line -> line.contains(canary));
    }

    @Test
    @Tag("I2")
    void stopsInTimeWhenAskedTo() {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());

        assertThat(gateway.stop()).isZero();
        assertThat(Files.exists(gateway.stateDir().resolve("run/access"))).isFalse();
    }

    private static String said(GatewayClient client, String text) {
        String key = "key-" + text.hashCode();
        JsonNode sent =
                client.call(
                        "chat.send",
                        "{\"sessionKey\":\"main\",\"message\":\"%s\",\"idempotencyKey\":\"%s\"}"
                                .formatted(text, key));
        assertThat(sent.path("runId").asString()).isEqualTo(key);
        JsonNode end =
                client.await(
                        "chat",
                        chat ->
                                chat.path("runId").asString("").equals(key)
                                        && chat.path("state").asString("").equals("final"));
        return end.path("message").path("content").path(0).path("text").asString();
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<Path> filesBelow(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static List<String> commandLines(GatewayProcess gateway) {
        return Stream.concat(
                        ProcessHandle.of(gateway.keeperPid()).stream(),
                        gateway.generations().stream())
                .flatMap(process -> process.info().commandLine().stream())
                .toList();
    }
}
