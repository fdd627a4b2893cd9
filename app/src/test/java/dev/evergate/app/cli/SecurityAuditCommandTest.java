package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.app.config.FirstConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

class SecurityAuditCommandTest {
    private static final String TOKEN = "q7Rk2vXw9Lm4Tz8Yb3Nc6Hd1Js5Fg0PaUeOi";
    private static final String OTHER = "Zx1Cv2Bn3Mq4We5Rt6Yu7Io8Pa9Sd0FgHjKl";

    @TempDir private Path home;
    private CommandBench bench;

    @BeforeEach
    void prepare() throws IOException {
        bench = new CommandBench(home);
        config("{gateway: {auth: {token: \"${GATE_TOKEN}\"}}}");
        write(bench.state.dotEnv(), "GATE_TOKEN=" + TOKEN + "\n", "rw-------");
    }

    @AfterEach
    void tearDown() {
        bench.close();
    }

    private void config(String text) throws IOException {
        write(bench.state.config(), text, "rw-------");
    }

    private static void write(Path file, String text, String permissions) throws IOException {
        Files.writeString(file, text);
        mode(file, permissions);
    }

    private static void mode(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    /** What is found, as {@code severity id}; never a secret. */
    private List<String> found() {
        var result = bench.run("security", "audit", "--json");
        assertThat(result.answer()).doesNotContain(TOKEN, OTHER);
        assertThat(bench.run("security", "audit").answer()).doesNotContain(TOKEN, OTHER);
        List<String> found =
                json(result)
                        .path("findings")
                        .valueStream()
                        .map(
                                f ->
                                        f.path("severity").asString()
                                                + " "
                                                + f.path("checkId").asString())
                        .toList();
        boolean isCritical = found.stream().anyMatch(line -> line.startsWith("critical"));
        assertThat(result.exit()).isEqualTo(isCritical ? 1 : 0);
        return found;
    }

    private static JsonNode json(CommandBench.Result result) {
        return JsonMapper.shared().readTree(result.answer());
    }

    @Test
    void findsNothingWhereAllIsWell() {
        assertThat(found()).isEmpty();
        assertThat(bench.run("security", "audit").answer()).contains("Nothing found.");
    }

    @Test
    void findsNothingToWarnOfAfterAFirstStart() throws IOException {
        Files.delete(bench.state.config());
        Files.delete(bench.state.dotEnv());
        assertThat(FirstConfig.write(bench.state.config(), bench.world.ids().token())).isTrue();

        assertThat(found()).containsExactly("info secrets.own_plaintext");
    }

    @Test
    void findsNothingWhereNothingIs() throws IOException {
        Files.delete(bench.state.config());
        Files.delete(bench.state.dotEnv());

        assertThat(found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "gateway: {auth: {mode: \"none\"}} | critical gateway.loopback_no_auth",
                "gateway: {bind: \"lan\", auth: {mode: \"none\"}, trustedProxies: [\"10.0.0.2\"]}"
                        + " | critical gateway.bind_no_auth",
                "gateway: {bind: \"lan\", AUTH} | critical gateway.bind_no_tls",
                "gateway: {bind: \"custom\", customBindHost: \"10.0.0.1\", AUTH}"
                        + " | critical gateway.bind_no_tls",
                "gateway: {bind: \"0.0.0.0\", AUTH} | critical gateway.bind_no_tls",
                "gateway: {AUTH, trustedProxies: [\"0.0.0.0/0\"]}"
                        + " | critical gateway.trusted_proxies_everybody",
                "gateway: {auth: {mode: \"trusted-proxy\", trustedProxy: {allowUsers: [\"a\"]}}}"
                        + " | critical gateway.trusted_proxy_no_proxies",
                "gateway: {trustedProxies: [\"10.0.0.2\"], auth: {mode: \"trusted-proxy\","
                        + " trustedProxy: {allowUsers: [\"a\"], allowLoopback: true}}}"
                        + " | warn gateway.trusted_proxy_loopback",
                "gateway: {trustedProxies: [\"10.0.0.2\"], auth: {mode: \"trusted-proxy\"}}"
                        + " | info gateway.trusted_proxy_no_allowlist",
                "gateway: {AUTH, controlUi: {allowedOrigins: [\"*\"]}}"
                        + " | warn gateway.control_ui.allowed_origins_wildcard",
                "gateway: {AUTH, controlUi: {allowedOrigins: [\"http://gate.example\"]}}"
                        + " | warn gateway.control_ui.allowed_origins_http",
                "gateway: {auth: {token: \"${GATE_TOKEN}\", rateLimit: {maxAttempts: 100000}}}"
                        + " | warn gateway.auth_no_rate_limit",
                "gateway: {auth: {token: \"${GATE_TOKEN}\", rateLimit: {lockoutMs: 1}}}"
                        + " | warn gateway.auth_no_rate_limit",
                "gateway: {auth: {token: \"${SHORT}\"}} | warn gateway.token_too_short",
                "gateway: {auth: {token: \"${SAME}\"}} | warn gateway.token_too_short",
                "gateway: {auth: {mode: \"password\", password: \"${KNOWN}\"}}"
                        + " | critical secrets.well_known",
                "gateway: {auth: {token: \"${NOWHERE}\"}} | warn config.unresolved",
                "gateway: {AUTH | warn config.unresolved"
            })
    void findsWhereStrangersCouldComeIn(String config, String finding) throws IOException {
        assertThat(findings(config)).containsExactly(finding);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "gateway: {AUTH}, hooks: {enabled: true, token: \"${GATE_TOKEN}\"}"
                        + " | critical hooks.token_reuse_gateway_token",
                "gateway: {AUTH}, hooks: {enabled: true, token: \"${SHORT}\"}"
                        + " | warn hooks.token_too_short",
                "gateway: {AUTH}, hooks: {enabled: true, token: \"${OTHER}\","
                        + " allowRequestSessionKey: true}"
                        + " | warn hooks.request_session_key_prefixes_missing",
                "gateway: {AUTH}, hooks: {enabled: true, token: \"${OTHER}\","
                        + " allowRequestSessionKey: true, allowedSessionKeyPrefixes: [\"hook:\"]}"
                        + " | info hooks.request_session_key_enabled",
                "gateway: {AUTH}, hooks: {enabled: true, token: \"${OTHER}\","
                        + " mappings: [{match: {path: \"mail\"}, allowUnsafeExternalContent: true}]}"
                        + " | warn hooks.unsafe_external_content",
                "gateway: {AUTH}, models: {providers: {a: {baseUrl: \"https://a.example/v1\","
                        + " apiKey: \"Zx1Cv2Bn3Mq4We5Rt6Yu7Io8Pa9Sd0FgHjKl\"}}}"
                        + " | warn secrets.plaintext",
                "gateway: {AUTH}, models: {providers: {a: {baseUrl: \"https://a.example/v1\","
                        + " headers: {\"x-api-key\": \"Zx1Cv2Bn3Mq4We5Rt6Yu7Io8Pa9Sd0FgHjKl\","
                        + " \"x-title\": \"mine\"}}}} | warn secrets.plaintext",
                "gateway: {AUTH}, models: {providers: {a: {baseUrl: \"https://a.example/v1\","
                        + " apiKey: \"${GATE_TOKEN}\"}}} | critical secrets.reused",
                "gateway: {AUTH}, models: {providers: {"
                        + " a: {baseUrl: \"https://a.example/v1\", apiKey: \"${OTHER}\"},"
                        + " b: {baseUrl: \"https://b.example/v1\", apiKey: \"${OTHER}\"}}}"
                        + " | info secrets.reused",
                "gateway: {AUTH}, models: {providers: {a: {baseUrl: \"http://a.example/v1\","
                        + " apiKey: \"${OTHER}\"}}} | warn models.provider_plain_http",
                "gateway: {AUTH}, diagnostics: {enabled: true,"
                        + " otel: {endpoint: \"http://a.example:4318\"}}"
                        + " | warn diagnostics.otel_plain_http",
                "gateway: {AUTH}, secrets: {providers: {v: {source: \"file\","
                        + " path: \"/nowhere\", allowInsecurePath: true}}}"
                        + " | warn secrets.allow_insecure_path",
                "gateway: {AUTH}, logging: {level: \"trace\"} | info logging.verbose"
            })
    void findsWhatIsKnownToOthers(String config, String finding) throws IOException {
        assertThat(findings(config)).containsExactly(finding);
    }

    /** What is found when the configuration says this. */
    private List<String> findings(String config) throws IOException {
        Files.writeString(
                bench.state.dotEnv(),
                "GATE_TOKEN=%s\nOTHER=%s\nSHORT=k3Jd8sQ1\nSAME=%s\nKNOWN=ChangeMe\n"
                        .formatted(TOKEN, OTHER, "ab".repeat(20)));
        config("{" + config.replace("AUTH", "auth: {token: \"${GATE_TOKEN}\"}") + "}");

        return found();
    }

    @Test
    void isStricterWhereTheNetworkReachesIt() throws IOException {
        config(
                "{gateway: {bind: \"lan\", trustedProxies: [\"10.0.0.2\"], auth: {token:"
                        + " \"${SHORT}\"}, controlUi: {allowedOrigins: [\"*\"]}}}");
        Files.writeString(bench.state.dotEnv(), "SHORT=k3Jd8sQ1\n");

        assertThat(found())
                .containsExactlyInAnyOrder(
                        "critical gateway.token_too_short",
                        "critical gateway.control_ui.allowed_origins_wildcard");
    }

    @ParameterizedTest
    @CsvSource({
        "., rwxrwxrwx, critical fs.state_dir.perms_world_writable",
        "., rwxrwx---, warn fs.state_dir.perms_group_writable",
        "., rwxr-xr-x, warn fs.state_dir.perms_readable",
        "evergate.json, rw-rw----, critical fs.config.perms_writable",
        "evergate.json, rw-r--r--, critical fs.config.perms_world_readable",
        "evergate.json, rw-r-----, warn fs.config.perms_group_readable",
        "more.json, rw-r--r--, critical fs.config_include.perms_world_readable",
        ".env, rw-r--r--, critical fs.secret_file.perms_world_readable",
        "tls.key, rw-r--r--, critical fs.tls_key.perms_world_readable",
        "tls.key, rw-r-----, info fs.tls_key.perms_group_readable",
        "logs/evergate.jsonl, rw-r--r--, info fs.state.perms_open",
        "dumps, rwxr-xr-x, info fs.state.perms_open"
    })
    void closesWhatIsOpenToOthersAndNothingElse(String name, String permissions, String finding)
            throws IOException {
        config(
                "{$include: \"./more.json\", gateway: {auth: {token: \"${GATE_TOKEN}\"}, tls:"
                        + " {enabled: true, certPath: \"tls.pem\", keyPath: \"tls.key\"}}}");
        for (String file : List.of("more.json", "tls.key", "tls.pem", "logs/evergate.jsonl")) {
            write(bench.state.root().resolve(file), "{}", "rw-------");
        }
        Files.createDirectory(bench.state.root().resolve("dumps"));
        mode(bench.state.root().resolve("dumps"), "rwx------");
        assertThat(found()).isEmpty();
        Path place = bench.state.root().resolve(name).normalize();
        mode(place, permissions);

        assertThat(found()).contains(finding);
        assertThat(mode(place)).isEqualTo(permissions);
        JsonNode fixed = json(bench.run("security", "audit", "--fix", "--json"));

        assertThat(fixed.at("/fix/actions")).hasSize(1);
        assertThat(fixed.at("/fix/actions/0/path").asString()).isEqualTo(place.toString());
        assertThat(fixed.at("/fix/ok").asBoolean()).isTrue();
        assertThat(fixed.at("/report/findings")).isEmpty();
        assertThat(mode(place)).isEqualTo(Files.isDirectory(place) ? "rwx------" : "rw-------");
        assertThat(found()).isEmpty();
    }

    @Test
    void tellsFilesOfAnOpenDirectoryThatEverybodyMayRead() throws IOException {
        write(bench.state.root().resolve("data/evergate.db"), "", "rw-r--r--");
        mode(bench.state.root(), "rwxr-xr-x");

        assertThat(found()).contains("critical fs.state.perms_open");

        var fixed = bench.run("security", "audit", "--fix");
        assertThat(fixed.answer())
                .contains("chmod 700 " + bench.state.root(), "chmod 600 ", "Nothing found.");
        assertThat(fixed.exit()).isZero();
    }

    @Test
    void leavesLinksAloneAndTellsOfThem() throws IOException {
        Path secret = Files.writeString(home.resolve("elsewhere"), "x");
        mode(secret, "rw-r--r--");
        Files.createSymbolicLink(bench.state.root().resolve("logs/link"), secret);

        assertThat(found()).containsExactly("warn fs.state.symlink");
        assertThat(bench.run("security", "audit", "--fix").exit()).isZero();
        assertThat(mode(secret)).isEqualTo("rw-r--r--");
    }

    @Test
    void tellsThatTheDirectoryOrTheConfigurationIsALink() throws IOException {
        Path real = home.resolve("real");
        Files.move(bench.state.root(), real);
        Files.createSymbolicLink(bench.state.root(), real);
        assertThat(found()).contains("warn fs.state_dir.symlink");

        Files.move(real.resolve("evergate.json"), home.resolve("evergate.json"));
        Files.createSymbolicLink(real.resolve("evergate.json"), home.resolve("evergate.json"));
        assertThat(found()).contains("info fs.config.symlink");
    }

    @Test
    void tellsWhoMayReplaceTheDirectory() throws IOException {
        mode(home, "rwxrwxrwx");
        assertThat(found()).containsExactly("critical fs.parent_writable");

        mode(home, "rwxrwx---");
        assertThat(found()).containsExactly("warn fs.parent_writable");
    }

    @Test
    void looksAtTheConfigurationAndTheDevicesOfAGatewayThatRuns() throws IOException {
        long nowMs = bench.world.time().wallMillis();
        String device =
                "{\"deviceId\":\"%s\",\"scopes\":[\"%s\"],\"approvedAtMs\":1,\"lastSeenAtMs\":%d}";
        long oldMs = nowMs - Duration.ofDays(91).toMillis();
        Path config = home.resolve("named.json");
        write(config, "{logging: {level: 'trace'}}", "rw-------");
        try (var gateway = new FakeGateway(bench.world)) {
            gateway.answers("config.get", "{\"path\":\"%s\",\"issues\":[]}".formatted(config));
            gateway.answers(
                    "device.pair.list",
                    "{\"pending\":[{\"requestId\":\"r\"}],\"paired\":[%s,%s,%s]}"
                            .formatted(
                                    device.formatted("aaaaaaaaaaaaaaaa", "operator.admin", oldMs),
                                    device.formatted("bbbbbbbbbbbbbbbb", "operator.admin", nowMs),
                                    device.formatted("cccccccccccccccc", "operator.read", oldMs)));
            bench.serving(gateway.url());

            assertThat(found())
                    .containsExactly(
                            "warn devices.admin_unused",
                            "info logging.verbose",
                            "info devices.pending");
            assertThat(bench.run("security", "audit").answer())
                    .contains("evergate devices remove aaaaaaaaaaaa")
                    .doesNotContain("bbbbbb", "cccccc");
        }
    }

    @Test
    void answersScriptsAsOpenClawDoes() throws IOException {
        mode(bench.state.config(), "rw-r--r--");

        JsonNode report = json(bench.run("security", "audit", "--json"));

        assertThat(report.path("ts").asLong()).isPositive();
        assertThat(report.path("summary").toString())
                .isEqualTo("{\"critical\":1,\"warn\":0,\"info\":0}");
        JsonNode finding = report.path("findings").get(0);
        assertThat(finding.path("title").asString()).contains("read by everybody");
        assertThat(finding.path("detail").asString()).contains("evergate.json (mode 644)");
        assertThat(finding.path("remediation").asString())
                .isEqualTo("Run: chmod 600 " + bench.state.config());
    }
}
