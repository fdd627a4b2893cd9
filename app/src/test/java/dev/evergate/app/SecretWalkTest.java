package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;

import dev.evergate.core.config.schema.ConfigSchema;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.net.DeviceKey;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.net.GatewayClient.CallFailed;
import dev.evergate.testkit.process.FreePort;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A gateway full of secrets, and everything it can be asked by everybody: none of them is in any
 * answer, event, error, log line or figure, nor can its database be logged in with.
 */
@Tag("S9")
class SecretWalkTest {
    private static final String TOKEN = LiveAssembly.TOKEN;
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What changes the gateway under the feet of whoever walks comes last. */
    private static final List<String> LAST =
            List.of(
                    "config.undo",
                    "gateway.suspend.prepare",
                    "gateway.suspend.resume",
                    "gateway.restart.request");

    /** Gives a secret away by its nature, to whoever may have it. */
    private static final String GIVES = "device.pair.setupCode";

    /** Whoever may suspend the gateway comes last. */
    private static final List<List<String>> CALLERS =
            List.of(
                    List.of("operator.read"),
                    List.of("operator.write", "operator.talk.secrets"),
                    List.of("operator.pairing", "operator.approvals", "operator.questions"),
                    List.of(),
                    List.of("operator.admin"));

    private final FakeOpenAi model = FakeOpenAi.start();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.evergate");

    /** Secrets by what they are. */
    private final Map<String, String> secrets = new LinkedHashMap<>();

    private final List<String> leaks = new ArrayList<>();
    private int looks;
    private int hidden;
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir Path folder;
    private LiveAssembly live;
    private URI url;

    @BeforeEach
    void start() throws Exception {
        logger.setLevel(Level.TRACE);
        log.start();
        logger.addAppender(log);
        live = new LiveAssembly(folder);
        int port = FreePort.find(live.world().entropy());
        url = URI.create("http://127.0.0.1:" + port);
        live.config().withObject("/gateway").put("port", port);
        live.provider("fake", model);
        live.model("fake/m");
        fill(live.config());
        live.start(new FakeDoor());
        secrets.put("the gateway's token", TOKEN);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        logger.setLevel(null);
        live.close();
        model.close();
        http.close();
    }

    /** One more secret. */
    private String marked(String what) {
        String secret = "mArKeD%02d-%08x".formatted(secrets.size(), what.hashCode());
        secrets.put(what, secret);
        return secret;
    }

    /**
     * A secret at every place of the configuration that is one, and at places that only look so.
     */
    private void fill(ObjectNode config) throws IOException {
        String inEnv = marked(".env");
        String inFile = marked("a secret file");
        Path file = Files.writeString(folder.resolve("secret.txt"), inFile + "\n");
        Path _ = Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Path _ = Files.writeString(folder.resolve(".env"), "WALK_KEY=" + inEnv + "\n");
        config.withObject("/gateway/remote")
                .put("token", marked("remote.token"))
                .put("password", marked("remote.password"));
        config.withObject("/hooks").put("enabled", true).put("token", marked("hooks.token"));
        config.withObject("/models/providers/fake").put("apiKey", marked("apiKey"));
        config.withObject("/models/providers/fake/headers").put("X-Extra", marked("a header"));
        for (String id : List.of("named", "filed", "plain")) {
            ObjectNode provider = config.withObject("/models/providers/" + id);
            provider.put("baseUrl", "https://" + id + ".example/v1");
            provider.withArray("models").addObject().put("id", "m");
        }
        config.withObject("/models/providers/named").put("apiKey", "${WALK_KEY}");
        config.withObject("/models/providers/filed/apiKey")
                .put("source", "file")
                .put("provider", "vault")
                .put("id", "value");
        config.withObject("/secrets/providers/vault")
                .put("source", "file")
                .put("path", file.toString())
                .put("mode", "singleValue");
        config.withObject("/models/providers/plain")
                .put("baseUrl", "https://me:" + marked("a URL") + "@plain.example/v1");
        config.withObject("/env/vars").put("SOMETHING", marked("env.vars"));
        config.withObject("/channels/telegram")
                .put("botToken", marked("botToken"))
                .put("webhookSecret", marked("webhookSecret"));
        config.withObject("/skills/entries/weather").put("apiKey", marked("a skill's key"));
        config.withObject("/skills/entries/weather/env").put("KEY", marked("a skill's variable"));
        config.withObject("/mcp/servers/x/env").put("KEY", marked("a server's variable"));
        config.withObject("/mcp/servers/x/headers").put("Authorization", marked("its header"));
        config.withObject("/cron").put("webhookToken", marked("cron"));
        config.withObject("/diagnostics/otel/headers").put("X-Key", marked("a collector's key"));
        config.withObject("/diagnostics/otel").put("enabled", false);
        config.withObject("/models/providers/odd")
                .put("baseUrl", "ftp://me:" + marked("a URL of another kind") + "@odd.example")
                .put("apiKey", marked("a key beside it"));
        config.withObject("/mcp/servers/y")
                .put("url", "htp://u:" + marked("a URL's") + "@y.example");
        config.withObject("/skills/entries/odd").putArray("apiKey").add(marked("a list"));
        config.withObject("/skills/entries/tax/apiKey").put("value", marked("an object"));
        // A variable in the wrong place is told by its name.
        config.withObject("/gateway/http/endpoints/responses").put("enabled", "${WALK_KEY}");
        config.withObject("/diagnostics/otel").put("sampleRate", "${WALK_KEY}");
        config.withObject("/plugins/entries/new/config").put("apiKey", marked("an unknown key"));
        config.withObject("/nobody/knows").put("this_secret", marked("an unknown secret"));
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Looks for every secret, also packed as clients and headers pack it. */
    private void look(String where, String text) {
        looks++;
        hidden += text.contains(ConfigSchema.REDACTED) ? 1 : 0;
        secrets.forEach(
                (what, secret) -> {
                    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
                    boolean isThere =
                            text.contains(secret)
                                    || text.contains(Base64.getEncoder().encodeToString(bytes))
                                    || text.contains(
                                            Base64.getUrlEncoder()
                                                    .withoutPadding()
                                                    .encodeToString(bytes));
                    if (isThere) {
                        leaks.add(what + " is in " + where);
                    }
                });
    }

    private static ObjectNode commandLine(List<String> scopes) {
        ObjectNode params = GatewayClient.connectParams(TOKEN);
        params.putObject("client")
                .put("id", "cli")
                .put("mode", "cli")
                .put("platform", "test")
                .put("version", "1");
        params.remove("scopes");
        scopes.forEach(params.putArray("scopes")::add);
        return params;
    }

    private String ask(GatewayClient client, String method, String params) {
        try {
            return client.call(method, params).toString();
        } catch (CallFailed refused) {
            return refused.error().toString();
        }
    }

    /** Parameters with which a method does something, beside none at all. */
    private static Stream<String> parametersOf(String method) {
        Stream<String> fitting =
                switch (method) {
                    case "config.get", "config.schema.lookup" ->
                            Stream.of(
                                    "{\"path\":\"gateway.auth.token\"}",
                                    "{\"path\":\"models.providers.named\"}",
                                    "{\"path\":\"nobody\"}");
                    case "config.diff" -> Stream.of("{\"from\":0,\"to\":1}", "{\"id\":1}");
                    case "config.set", "config.apply", "config.patch" ->
                            Stream.of(
                                    "{\"raw\":\"{ gateway: { port: 'x' } }\"}",
                                    "{\"raw\":\"{ gateway: { auth: [] }\"}");
                    case "chat.send", "agent" ->
                            Stream.of(
                                    "{\"sessionKey\":\"main\",\"message\":\"hi\",\"idempotencyKey\":\"k\"}");
                    case "logs.tail" -> Stream.of("{\"limit\":5000}");
                    case "tools.invoke" -> Stream.of("{\"name\":\"agents_list\"}");
                    default ->
                            Stream.of(
                                    "{\"sessionKey\":\"main\",\"key\":\"main\",\"limit\":100}",
                                    "{\"nodeId\":\"x\",\"deviceId\":\"x\",\"requestId\":\"x\"}");
                };
        return Stream.concat(Stream.of("{}"), fitting);
    }

    private static List<String> methods(JsonNode hello) {
        List<String> all =
                hello.at("/features/methods").valueStream().map(JsonNode::asString).toList();
        Stream<String> first = all.stream().filter(m -> !LAST.contains(m) && !m.equals(GIVES));
        return Stream.concat(first, LAST.stream().filter(all::contains)).toList();
    }

    /** A device with a token, and a code for another one. */
    private void giveAway() {
        try (GatewayClient device = GatewayClient.open(url)) {
            JsonNode hello = device.hello(commandLine(List.of("operator.read")), DeviceKey.make());
            secrets.put("a device's token", hello.at("/auth/deviceToken").asString());
        }
        secrets.put("the key of device tokens", read("data/device-tokens.key").strip());
        try (GatewayClient owner = GatewayClient.connect(url, TOKEN)) {
            JsonNode made = owner.call(GIVES, "{\"publicUrl\":\"wss://gate.example\"}");
            byte[] json = Base64.getUrlDecoder().decode(made.path("setupCode").asString());
            secrets.put("a setup code", JSON.readTree(json).path("bootstrapToken").asString());
        }
    }

    /** Providers say back what they were sent, when they refuse it. */
    private void quarrel() {
        String said = "Incorrect API key provided: " + secrets.get("apiKey");
        model.always(ModelScript.error(401, "invalid_api_key", said));
        try (GatewayClient owner = GatewayClient.connect(url, TOKEN)) {
            JsonNode _ =
                    owner.call(
                            "chat.send",
                            "{\"sessionKey\":\"main\",\"message\":\"hello\",\"idempotencyKey\":\"first\"}");
            JsonNode end =
                    owner.await(
                            "chat",
                            payload ->
                                    payload.path("runId").asString("").equals("first")
                                            && payload.path("state").asString("").equals("error"));
            look("the end of a run", end.toString());
        }
    }

    private void walkMethods() {
        for (List<String> scopes : CALLERS) {
            try (GatewayClient watching = GatewayClient.connect(url, TOKEN);
                    GatewayClient client = GatewayClient.open(url)) {
                JsonNode hello = client.hello(commandLine(scopes));
                look("hello", hello.toString());
                for (String method : methods(hello)) {
                    parametersOf(method)
                            .forEach(
                                    params ->
                                            look(
                                                    method + " for " + scopes + " " + params,
                                                    ask(client, method, params)));
                }
                watching.seen().forEach(event -> look("an event", event.toString()));
            }
        }
    }

    private void walkRoutes() throws Exception {
        for (String path :
                List.of(
                        "/",
                        "/healthz",
                        "/health",
                        "/readyz",
                        "/ready",
                        "/answerz",
                        "/metrics",
                        "/api/diagnostics/prometheus",
                        "/v1/models",
                        "/v1/nothing",
                        "/control-ui-config.json",
                        "/evergate.json",
                        "/.env",
                        "/hooks/wake",
                        "/tools/invoke")) {
            for (String verb : List.of("GET", "POST", "PUT")) {
                for (String bearer : List.of("", "wrong", TOKEN)) {
                    look(verb + " " + path, send(verb, path, bearer));
                }
            }
        }
    }

    private String send(String verb, String path, String bearer) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url.resolve(path))
                        .method(verb, HttpRequest.BodyPublishers.ofString("{\"tool\":\"x\"}"));
        if (!bearer.isEmpty()) {
            request.header("Authorization", "Bearer " + bearer);
        }
        HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
        return answer.headers().map() + answer.body();
    }

    private void lookAtLog() {
        for (ILoggingEvent line : List.copyOf(log.list)) {
            look("the log: " + line.getMessage(), line.getFormattedMessage());
            for (IThrowableProxy each = line.getThrowableProxy();
                    each != null;
                    each = each.getCause()) {
                look("the log's error: " + line.getMessage(), String.valueOf(each.getMessage()));
            }
        }
    }

    @Test
    void nobodyIsToldASecret() throws Exception {
        giveAway();
        quarrel();
        walkRoutes();
        walkMethods();
        lookAtLog();

        assertThat(leaks.stream().distinct()).isEmpty();
        assertThat(log.list).as("the log was listened to").hasSizeGreaterThan(10);
        assertThat(looks).as("answers, events and lines").isGreaterThan(1_000);
        assertThat(hidden).as("answers that hide something").isGreaterThan(5);
    }

    /** Whoever has the database has no credential, without the key that lies beside it. */
    @Test
    @Tag("S17")
    void theDatabaseHoldsNoCredential() throws Exception {
        giveAway();
        quarrel();
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            for (Path file :
                    files.filter(f -> f.getFileName().toString().contains(".db")).toList()) {
                look(file.getFileName().toString(), read("data/" + file.getFileName()));
            }
        }

        assertThat(leaks).isEmpty();
    }
}
