package dev.evergate.core.config.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;

/** What would let strangers in is refused, with what helps; where something was good, it stays. */
@Tag("S1")
class ExposureTest {
    private static final String TOKEN = "auth: { token: 'a token of some length' }";
    private static final String PROXY = "trustedProxies: ['192.0.2.1']";
    private static final String TLS = "tls: { enabled: true, certPath: 'c', keyPath: 'k' }";

    private static ConfigReading read(String gateway, ConfigOverrides overrides) {
        return ConfigReader.read(
                Written.sources("{ gateway: { " + gateway + " } }"),
                overrides,
                1,
                Optional.empty());
    }

    private static ConfigReading read(String gateway, String good) {
        ObjectNode tree = Written.tree("{ gateway: { " + good + " } }");
        return ConfigReader.read(
                Written.sources("{ gateway: { " + gateway + " } }"),
                ConfigOverrides.NONE,
                2,
                Optional.of(tree));
    }

    private static void assertRefused(String gateway, String... told) {
        assertThatThrownBy(() -> read(gateway, ConfigOverrides.NONE))
                .isInstanceOfSatisfying(
                        EvergateException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_REFUSED);
                            assertThat(e.getMessage()).contains(told).doesNotContain("missing");
                        });
        assertThat(ConfigReader.strict(Written.sources("{ gateway: { " + gateway + " } }")))
                .extracting(ConfigProblem::kind)
                .contains(ConfigProblem.Kind.EXPOSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bind: 'lan'",
                "bind: '192.168.1.10'",
                "bind: '0.0.0.0'",
                "bind: '::'",
                "bind: '127.0.0.1.2'",
                "bind: 'custom', customBindHost: '100.64.0.7'",
                "bind: 'lan', tls: { enabled: false, certPath: 'c', keyPath: 'k' }",
                "bind: 'lan', trustedProxies: []"
            })
    void refusesAPortForOthersWhereNothingEncrypts(String open) {
        assertRefused(
                open + ", " + TOKEN,
                "gateway.bind",
                "gateway.tls",
                "gateway.trustedProxies",
                "evergate config set gateway.bind loopback");
    }

    @Test
    void refusesAPortForOthersWhoseEncryptionCannotBeUsed() {
        assertRefusedAtStart("bind: 'lan', tls: { enabled: 'yes' }, " + TOKEN);
        assertRefusedAtStart("bind: 'lan', tls: { enabled: true }, " + TOKEN);
    }

    private static void assertRefusedAtStart(String gateway) {
        assertThatThrownBy(() -> read(gateway, ConfigOverrides.NONE))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("lets others read along");
    }

    @ParameterizedTest
    @ValueSource(strings = {TLS, PROXY})
    void refusesAPortForOthersWithoutAuthentication(String covered) {
        assertRefused(
                "bind: 'lan', auth: { mode: 'none' }, " + covered,
                "gateway.auth.mode",
                "\"none\" lets everybody in");
    }

    @ParameterizedTest
    @ValueSource(strings = {"token", "password"})
    void refusesASecretThatStrangersCanGuess(String mode) {
        assertRefused(
                "bind: 'lan', auth: { mode: '%1$s', %1$s: '15 characters..' }, %2$s"
                        .formatted(mode, PROXY),
                "gateway.auth." + mode + ": too short",
                "evergate gateway auth-token --rotate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bind: 'lan', " + TLS + ", " + TOKEN,
                "bind: 'lan', " + PROXY + ", " + TOKEN,
                "bind: 'loopback', auth: { token: 'abc' }",
                "bind: 'auto', auth: { mode: 'none' }",
                "bind: '127.0.0.2', auth: { mode: 'none' }",
                "bind: '::1', auth: { mode: 'none' }"
            })
    void letsEverythingElseBe(String fine) {
        assertThat(read(fine, ConfigOverrides.NONE).problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bind: 'lan', port: 2, auth: { token: 'another of some length' }",
                "bind: 'lan', port: 2, auth: { mode: 'none' }, " + TLS,
                "bind: 'lan', port: 2, auth: { token: 'short' }, " + TLS
            })
    void keepsWhoCanComeInAsItWasAndAppliesTheRest(String next) {
        ConfigReading reading = read(next, "bind: 'loopback', port: 1, " + TOKEN);

        assertThat(reading.snapshot().gateway().bindHost()).isEqualTo("127.0.0.1");
        assertThat(reading.snapshot().gateway().auth().secret())
                .isEqualTo(Secret.of("a token of some length"));
        assertThat(reading.snapshot().gateway().tls()).isEmpty();
        assertThat(reading.snapshot().gateway().port()).isEqualTo(2);
        assertThat(reading.problems()).hasSize(1);
    }

    @Test
    void keepsTheEncryptionThatAPortForOthersNeeds() {
        ConfigReading reading =
                read(
                        "bind: 'lan', port: 2, " + TOKEN,
                        "bind: 'lan', port: 1, " + TLS + ", " + TOKEN);

        assertThat(reading.snapshot().gateway().tls()).isPresent();
        assertThat(reading.snapshot().gateway().bindHost()).isEqualTo("0.0.0.0");
        assertThat(reading.snapshot().gateway().port()).isEqualTo(2);
    }

    @Test
    void takesWhatFlagsAndEnvironmentSayNoMoreEasily() {
        var lan =
                new ConfigOverrides(
                        Optional.empty(), Optional.of("lan"), Secret.none(), Secret.none());
        ObjectNode good = Written.tree("{ gateway: { " + TOKEN + " } }");

        assertThatThrownBy(() -> read(TOKEN, lan)).isInstanceOf(EvergateException.class);
        assertThatThrownBy(
                        () ->
                                ConfigReader.read(
                                        Written.sources("{ gateway: { " + TOKEN + " } }"),
                                        lan,
                                        1,
                                        Optional.of(good)))
                .isInstanceOf(EvergateException.class);
        assertThat(read(TOKEN + ", " + PROXY, lan).snapshot().gateway().bindHost())
                .isEqualTo("0.0.0.0");
    }

    @Test
    void takesNoDefaultsWhereSomethingElseWasWanted() {
        var secret =
                new ConfigOverrides(
                        Optional.empty(),
                        Optional.empty(),
                        Secret.of("a token of some length"),
                        Secret.none());

        assertThatThrownBy(() -> read("bind: 'lan'", secret))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("gateway.bind: lan lets others read along");
    }

    @Test
    @Tag("S2")
    void wantsToKnowTheProxyWhoseWordCounts() {
        String mode = "auth: { mode: 'trusted-proxy'%s }";

        assertThat(problems(mode.formatted("") + ", " + PROXY))
                .contains("gateway.auth.trustedProxy.userHeader: missing");
        assertThat(problems(mode.formatted(", trustedProxy: { userHeader: 'x-user' }")))
                .contains("gateway.trustedProxies: empty");
        assertThat(
                        read(
                                        mode.formatted(", trustedProxy: { userHeader: 'x-user' }")
                                                + ", "
                                                + PROXY,
                                        ConfigOverrides.NONE)
                                .problems())
                .isEmpty();
    }

    private static String problems(String gateway) {
        return ConfigReader.strict(Written.sources("{ gateway: { " + gateway + " } }")).toString();
    }
}
