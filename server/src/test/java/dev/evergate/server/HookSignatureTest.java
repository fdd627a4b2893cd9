package dev.evergate.server;

import static dev.evergate.server.HttpTalk.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Auth;
import dev.evergate.core.config.ConfigSnapshot.Embedding;
import dev.evergate.core.config.ConfigSnapshot.HookMapping;
import dev.evergate.core.config.ConfigSnapshot.HookMapping.Match;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.ConfigSnapshot.Http;
import dev.evergate.core.config.ConfigSnapshot.RateLimit;
import dev.evergate.core.config.ConfigSnapshot.SessionKeys;
import dev.evergate.core.config.HookSignature;
import dev.evergate.core.config.HookSignature.Form;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

@Tag("S12")
class HookSignatureTest {
    private static final String TOKEN = "hook-token-0123456789";

    /** The example of the specification, as its reference libraries have it. */
    private static final String EXAMPLE_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final HookSignature STANDARD =
            new HookSignature(Form.STANDARD, Secret.of(EXAMPLE_KEY));
    private static final HookSignature GITHUB =
            new HookSignature(Form.GITHUB, Secret.of("It's a Secret to Everybody"));
    private static final String BODY = "{\"test\": 2432232314}";

    private final TestServer server = new TestServer();
    private final HttpTalk talk = new HttpTalk(server);

    @BeforeEach
    void switchOn() {
        server.gateway.config =
                FakeGateway.config(
                        new Http(
                                false,
                                false,
                                Embedding.NONE,
                                new Hooks(
                                        true,
                                        Secret.of(TOKEN),
                                        "/hooks",
                                        262_144,
                                        List.of("*"),
                                        new SessionKeys("", false, List.of()),
                                        List.of(
                                                mapping("pay", "", STANDARD),
                                                mapping("pair", "one", GITHUB),
                                                mapping("pair", "two", STANDARD),
                                                mapping("code", "", GITHUB),
                                                new HookMapping(
                                                        new Match("code", "other"),
                                                        HookMapping.Action.AGENT,
                                                        "Other",
                                                        HookMapping.Answerer.DEFAULT,
                                                        "",
                                                        "never",
                                                        false)))));
    }

    private static HookMapping mapping(String path, String source, HookSignature signature) {
        return new HookMapping(
                new Match(path, source, Optional.of(signature)),
                HookMapping.Action.AGENT,
                path,
                HookMapping.Answerer.DEFAULT,
                "",
                "{{test}}{{zen}}!",
                true);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private long now() {
        return server.world.time().wallMillis() / 1_000;
    }

    private static String mac(byte[] key, String signed) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        byte[] result = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(result);
    }

    private static String standard(String id, long at, String body) throws Exception {
        byte[] key = Base64.getDecoder().decode(EXAMPLE_KEY.substring(6));
        return "v1," + mac(key, id + "." + at + "." + body);
    }

    private HttpResponse<String> pay(String id, long at, String signature, String body)
            throws Exception {
        return talk.post(
                "/hooks/pay",
                body,
                "Authorization: none",
                "webhook-id: " + id,
                "webhook-timestamp: " + at,
                "webhook-signature: " + signature);
    }

    private static String gitHub(String body) throws Exception {
        byte[] key = GITHUB.secret().reveal().getBytes(StandardCharsets.UTF_8);
        byte[] mac = Base64.getDecoder().decode(mac(key, body));
        return "sha256=" + HexFormat.of().formatHex(mac);
    }

    private HttpResponse<String> code(String body, String... headers) throws Exception {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Authorization: none";
        return talk.post("/hooks/code", body, all);
    }

    @Test
    void acceptsWhatIsSignedAndNeedsNoToken() throws Exception {
        long now = now();

        HttpResponse<String> answer = pay("msg_1", now, standard("msg_1", now, BODY), BODY);

        assertThat(answer.statusCode()).isEqualTo(200);
        String run = json(answer).path("runId").asString();
        assertThat(run).isEqualTo("hook_pay_msg_1");
        assertThat(server.gateway.message(run).text()).isEqualTo("2432232314!");
    }

    @Test
    void acceptsAnyOfManySignaturesWhileASecretChanges() throws Exception {
        long now = now();
        String right = standard("msg_1", now, BODY);

        assertThat(pay("msg_1", now, "v1,AAAA v1a,BBBB " + right, BODY).statusCode())
                .isEqualTo(200);
    }

    @Test
    void acceptsWhatGitHubSigns() throws Exception {
        // The example in GitHub's documentation.
        assertThat(gitHub("Hello, World!"))
                .isEqualTo(
                        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
        String body = "{\"zen\":\"Speak like a human.\"}";

        assertThat(code(body, "X-Hub-Signature-256: " + gitHub(body)).statusCode()).isEqualTo(200);
    }

    @Test
    void refusesWhatIsSignedOtherwiseOrNotAtAll() throws Exception {
        long now = now();
        String right = standard("msg_1", now, BODY);

        for (String wrong :
                List.of(
                        "",
                        "v1,",
                        "v1",
                        right.substring(3),
                        right.toLowerCase(Locale.ROOT),
                        "v2" + right.substring(2))) {
            HttpResponse<String> answer = pay("msg_1", now, wrong, BODY);
            assertThat(answer.statusCode()).as(wrong).isEqualTo(401);
            assertThat(answer.body()).isEqualTo("Unauthorized");
        }
        assertThat(pay("msg_1", now, right, BODY + " ").statusCode()).isEqualTo(401);
        assertThat(pay("msg_2", now, right, BODY).statusCode()).isEqualTo(401);
        assertThat(pay("msg_1", now + 1, right, BODY).statusCode()).isEqualTo(401);
        assertThat(talk.post("/hooks/pay", BODY, "Authorization: none").statusCode())
                .isEqualTo(401);
        assertThat(code(BODY, "X-Hub-Signature-256: sha256=00").statusCode()).isEqualTo(401);
        assertThat(code(BODY, "X-Hub-Signature: sha1=00").statusCode()).isEqualTo(401);
        assertThat(server.gateway.messages).isEmpty();
    }

    @Test
    void neverLooksAtTheContentOfWhatIsNotProven() throws Exception {
        assertThat(code("{not json").statusCode()).isEqualTo(401);
        assertThat(code("{not json", "X-Hub-Signature-256: " + gitHub("{not json")).statusCode())
                .isEqualTo(400);
    }

    @Test
    void theTokenDoesNotStandForASignatureNorASignatureForTheToken() throws Exception {
        String token = "Authorization: Bearer " + TOKEN;
        String signed = "X-Hub-Signature-256: " + gitHub("{\"message\":\"x\"}");

        assertThat(talk.post("/hooks/code", "{}", token).statusCode()).isEqualTo(401);
        assertThat(talk.post("/hooks/code/", "{}", token).statusCode()).isEqualTo(401);
        assertThat(talk.post("/hooks//code", "{}", token).statusCode()).isEqualTo(401);
        assertThat(talk.post("/hooks/code", "{\"source\":\"other\"}", token).statusCode())
                .isEqualTo(401);
        for (String path : List.of("/hooks/agent", "/hooks/wake", "/hooks/else", "/hooks")) {
            assertThat(
                            talk.post(path, "{\"message\":\"x\"}", signed, "Authorization: none")
                                    .statusCode())
                    .as(path)
                    .isEqualTo(401);
        }
        assertThat(server.gateway.messages).isEmpty();
    }

    @Test
    void theSignatureOfOneMappingDoesNotStandForThatOfAnother() throws Exception {
        for (String source : List.of("one", "two")) {
            String body = "{\"source\":\"%s\"}".formatted(source);
            HttpResponse<String> answer =
                    talk.post(
                            "/hooks/pair",
                            body,
                            "Authorization: none",
                            "X-Hub-Signature-256: " + gitHub(body));
            assertThat(answer.statusCode()).isEqualTo(source.equals("one") ? 200 : 404);
        }
        assertThat(server.gateway.messages).hasSize(1);
    }

    @Test
    void refusesWhatWasSignedLongAgoOrInTheFuture() throws Exception {
        for (long shift : List.of(-301L, 301L, -86_400L, 999_999_999L)) {
            long at = now() + shift + (shift > 0 ? 5 : 0);
            HttpResponse<String> answer = pay("msg_1", at, standard("msg_1", at, BODY), BODY);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body())
                    .contains("away from this computer's clock (expected: at most 300)");
        }
        long at = now() - 200;
        assertThat(pay("msg_1", at, standard("msg_1", at, BODY), BODY).statusCode()).isEqualTo(200);
    }

    @Test
    void hearsWhatIsSentAgainOnceWhateverStandsBesideTheSignature() throws Exception {
        long now = now();
        String signature = standard("msg_1", now, BODY);
        HttpResponse<String> first = pay("msg_1", now, signature, BODY);
        HttpResponse<String> again =
                talk.post(
                        "/hooks/pay",
                        BODY,
                        "Authorization: none",
                        "Idempotency-Key: another",
                        "webhook-id: msg_1",
                        "webhook-timestamp: " + now,
                        "webhook-signature: " + signature);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(server.gateway.messages).hasSize(1);

        String body = "{\"zen\":\"x\",\"idempotencyKey\":\"a\"}";
        for (String delivery : List.of("1", "2")) {
            var _ =
                    code(
                            body,
                            "X-Hub-Signature-256: " + gitHub(body),
                            "X-GitHub-Delivery: " + delivery,
                            "Idempotency-Key: " + delivery);
        }
        assertThat(server.gateway.messages).hasSize(2);
    }

    @Test
    void countsWrongSignaturesLikeEveryOtherGuess() throws Exception {
        server.gateway.config =
                limited(server.gateway.config, new RateLimit(3, 60_000, 60_000, false));
        for (int i = 0; i < 3; i++) {
            assertThat(code(BODY, "X-Hub-Signature-256: sha256=00").statusCode()).isEqualTo(401);
        }

        HttpResponse<String> answer = code(BODY, "X-Hub-Signature-256: " + gitHub(BODY));
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(talk.get("/v1/models").statusCode()).isEqualTo(429);
    }

    private static ConfigSnapshot limited(ConfigSnapshot config, RateLimit limit) {
        ConfigSnapshot.Gateway gateway = config.gateway();
        return new ConfigSnapshot(
                config.generation(),
                config.hash(),
                new ConfigSnapshot.Gateway(
                        gateway.port(),
                        gateway.bindHost(),
                        gateway.tls(),
                        new Auth(
                                gateway.auth().mode(),
                                gateway.auth().secret(),
                                limit,
                                gateway.auth().proxy()),
                        gateway.trustedProxies(),
                        gateway.controlUi(),
                        gateway.http()),
                config.providers(),
                config.agents(),
                config.operation(),
                config.problems());
    }
}
