package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code evergate devices}. */
class DeviceCommandsTest {
    private static final String PHONE = "8f1386f403c58f6af3d42c1c5b30900b5f340aac8c1ad8155e";
    private static final String LISTING =
            """
            {'pending':[{'requestId':'r-1','deviceId':'404dcc17d70dc2c009e0','platform':'win32',
              'clientId':'cli','role':'operator','scopes':['operator.read','operator.admin'],
              'remoteIp':'203.0.113.9','isRepair':true,'ts':1000}],
             'paired':[{'deviceId':'%s','displayName':'A phone','platform':'ios',
              'clientId':'openclaw-ios','roles':['operator','node'],
              'tokens':[{'role':'operator','scopes':['operator.read']},
                        {'role':'node','scopes':[]}],'lastSeenAtMs':1000},
              {'deviceId':'8f0000','platform':'linux','clientId':'cli','tokens':[]}]}"""
                    .formatted(PHONE);

    @TempDir static Path home = Path.of("");
    private CommandBench bench = new CommandBench(home);
    private FakeGateway gateway;

    DeviceCommandsTest() throws IOException {
        gateway = new FakeGateway(bench.world);
    }

    @BeforeEach
    void serve() throws IOException {
        bench.close();
        bench = new CommandBench(Files.createTempDirectory(home, "home"));
        bench.serving(gateway.url());
        gateway.answers("device.pair.list", LISTING);
    }

    @AfterEach
    void tearDown() throws IOException {
        gateway.close();
        bench.close();
    }

    private String scopes() {
        return gateway.calls("connect").getLast().path("scopes").toString();
    }

    @Test
    void showsWhoWaitsAndWhoIsPaired() {
        var result = bench.run("devices", "list");

        assertThat(result.exit()).isZero();
        assertThat(result.answer())
                .containsPattern(
                        "r-1 +404dcc17d70d cli on win32 \\(paired\\) +operator: read, admin +"
                                + "203\\.0\\.113\\.9 ")
                .containsPattern(
                        "8f1386f403c5 +A phone, openclaw-ios on ios +operator: read; node ")
                .containsPattern("8f0000 +cli on linux +nothing any more ");
        assertThat(result.notes()).contains("evergate devices approve r-1");
        assertThat(scopes()).isEqualTo("[\"operator.pairing\"]");
        assertThat(FakeLine.tree(bench.run("devices", "--json").answer()))
                .isEqualTo(FakeLine.tree(LISTING));
    }

    @Test
    void saysThatThereAreNone() {
        gateway.answers("device.pair.list", "{'pending':[],'paired':[]}");

        assertThat(bench.run("devices").answer())
                .isEqualTo("No device is paired, and none waits to be.\n");
    }

    @Test
    void letsADeviceInWithAllThatTakes() {
        gateway.answers("device.pair.approve", "{'requestId':'r-1','device':{}}");

        var result = bench.run("devices", "approve", "r-1");

        assertThat(result.exit()).isZero();
        assertThat(result.answer()).startsWith("It may connect now");
        assertThat(gateway.calls("device.pair.approve").getFirst().toString())
                .isEqualTo("{\"requestId\":\"r-1\"}");
        assertThat(scopes()).isEqualTo("[\"operator.admin\"]");
    }

    @Test
    void saysWhereToLookWhenNobodyWaitsUnderThatName() {
        gateway.on(
                "device.pair.reject",
                (line, request) ->
                        line.refused(request, "INVALID_REQUEST", "unknown requestId", ""));

        var result = bench.run("devices", "reject", "r-9");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.notes())
                .contains("No device waits under r-9")
                .contains("evergate devices list");
    }

    @Test
    void callsADeviceByTheNameAPersonGaveIt() {
        gateway.answers("device.pair.rename", "{}");
        gateway.answers(
                "device.pair.list",
                LISTING.replace("'A phone'", "'A phone','operatorLabel':'Mine'"));

        assertThat(bench.run("devices", "list").answer()).contains("Mine, openclaw-ios on ios");
        assertThat(bench.run("devices", "rename", "8f1386", "Yours").exit()).isZero();
        assertThat(gateway.calls("device.pair.rename").getFirst().path("label").asString())
                .isEqualTo("Yours");
        assertThat(scopes()).isEqualTo("[\"operator.pairing\"]");
    }

    @Test
    void findsADeviceByTheBeginningOfItsId() {
        gateway.answers("device.pair.remove", "{}");
        gateway.answers("device.token.revoke", "{}");
        gateway.answers("device.token.rotate", "{}");

        assertThat(bench.run("devices", "remove", "8f1386").exit()).isZero();
        assertThat(bench.run("devices", "revoke", "8f1386f403", "--role", "node").exit()).isZero();
        assertThat(bench.run("devices", "rotate", PHONE, "--scope", "operator.read").exit())
                .isZero();

        assertThat(gateway.calls("device.pair.remove").getFirst().toString())
                .isEqualTo("{\"deviceId\":\"" + PHONE + "\"}");
        assertThat(gateway.calls("device.token.revoke").getFirst().toString())
                .isEqualTo("{\"deviceId\":\"" + PHONE + "\",\"role\":\"node\"}");
        assertThat(gateway.calls("device.token.rotate").getFirst().toString())
                .isEqualTo(
                        "{\"deviceId\":\""
                                + PHONE
                                + "\",\"role\":\"operator\",\"scopes\":[\"operator.read\"]}");
    }

    @Test
    void invitesADeviceByACodeThatStandsAlone() {
        gateway.answers(
                "device.pair.setupCode",
                """
                {'setupId':'s-1','setupCode':'eyJ1','gatewayUrl':'wss://gate.example',
                 'auth':'token','urlSource':'publicUrl','access':'node','expiresAtMs':99}""");
        gateway.answers("device.pair.setupRevoke", "{'setupId':'s-1'}");

        var made = bench.run("devices", "invite", "--node", "--public-url", "wss://gate.example");
        var plain = bench.run("devices", "invite", "--json");
        var revoked = bench.run("devices", "invite", "--revoke", "s-1");

        assertThat(made.exit()).isZero();
        assertThat(made.answer()).isEqualTo("eyJ1\n");
        assertThat(made.notes())
                .contains("For one device at wss://gate.example")
                .contains("evergate devices invite --revoke s-1");
        assertThat(gateway.calls("device.pair.setupCode").toString())
                .isEqualTo(
                        "[{\"publicUrl\":\"wss://gate.example\",\"bootstrapProfile\":\"node\"}, {}]");
        assertThat(scopes()).isEqualTo("[\"operator.admin\"]");
        assertThat(FakeLine.tree(plain.answer()).path("setupId").asString()).isEqualTo("s-1");
        assertThat(revoked.answer()).isEqualTo("The code is void.\n");
    }

    @Test
    void touchesNoDeviceThatIsNotClearlyMeant() {
        var none = bench.run("devices", "remove", "abcdef");
        var several = bench.run("devices", "remove", "8f");
        var tooShort = bench.run("devices", "remove", "8f1");

        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.notes()).contains("No paired device begins with abcdef");
        assertThat(several.notes()).contains("8f is too short");
        assertThat(tooShort.notes()).contains("8f1 is too short");
        assertThat(gateway.calls("device.pair.remove")).isEmpty();
    }
}
