package dev.evergate.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

@Tag("S3")
class HostPolicyTest {
    private static boolean isAllowed(String host, String local, String bindHost) {
        var gateway =
                new ConfigSnapshot.Gateway(
                        18789,
                        bindHost,
                        new ConfigSnapshot.Auth(ConfigSnapshot.Auth.Mode.TOKEN, Secret.of("x")),
                        List.of("https://gate.example", "https://other.example:8443"),
                        List.of());
        var address = new InetSocketAddress(InetAddress.ofLiteral(local), 18789);
        return HostPolicy.isAllowed(host, 80, address, gateway);
    }

    @ParameterizedTest
    @CsvSource({
        "[::1]:18789, ::1, true",
        "[0:0:0:0:0:0:0:1]:18789, ::1, true",
        "[2001:db8::5]:18789, 2001:db8::5, true",
        "[2001:DB8:0:0::5]:18789, 2001:db8::5, true",
        "[2001:db8::6]:18789, 2001:db8::5, false",
        "2001:db8::5, 2001:db8::5, false",
        "[2001:db8::5], 2001:db8::5, false",
        "[2001:db8::5]:18790, 2001:db8::5, false",
        "[2001:db8::5:18789, 2001:db8::5, false",
        "[2001:db8::5]x:18789, 2001:db8::5, false",
        "[]:18789, 2001:db8::5, false",
        "[::ffff:192.0.2.7]:18789, 192.0.2.7, false",
        "192.0.2.7:18789, 192.0.2.7, true",
        "192.0.2.8:18789, 192.0.2.7, false",
        "3221225991:18789, 192.0.2.7, false"
    })
    void knowsTheAddressAConnectionCameTo(String host, String local, boolean isAllowed) {
        assertThat(isAllowed(host, local, "::")).isEqualTo(isAllowed);
    }

    @Test
    void whoListensEverywhereIsNotCalledSo() {
        assertThat(isAllowed("0.0.0.0:18789", "192.0.2.7", "0.0.0.0")).isFalse();
        assertThat(isAllowed("[::]:18789", "2001:db8::5", "::")).isFalse();
        assertThat(isAllowed("home.example:18789", "192.0.2.7", "home.example")).isTrue();
        assertThat(isAllowed("home.example:18790", "192.0.2.7", "home.example")).isFalse();
    }

    @Test
    void knowsTheNamesThatAreDeclaredAsBrowsersSendThem() {
        assertThat(isAllowed("gate.example", "192.0.2.7", "0.0.0.0")).isTrue();
        assertThat(isAllowed("other.example:8443", "192.0.2.7", "0.0.0.0")).isTrue();
        assertThat(isAllowed("gate.example:18789", "192.0.2.7", "0.0.0.0")).isFalse();
        assertThat(isAllowed("other.example", "192.0.2.7", "0.0.0.0")).isFalse();
    }
}
