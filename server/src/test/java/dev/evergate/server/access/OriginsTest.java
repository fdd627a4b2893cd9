package dev.evergate.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

@Tag("S4")
class OriginsTest {
    private static ConfigSnapshot.Gateway gateway(boolean isEncrypted, String... allowed) {
        Optional<ConfigSnapshot.Tls> tls =
                Optional.of(new ConfigSnapshot.Tls(Path.of("/c.pem"), Path.of("/k.pem")));
        return new ConfigSnapshot.Gateway(
                18789,
                "192.0.2.7",
                isEncrypted ? tls : Optional.empty(),
                new ConfigSnapshot.Auth(ConfigSnapshot.Auth.Mode.TOKEN, Secret.of("x")),
                List.of(),
                new ConfigSnapshot.ControlUi(List.of(allowed), true, "", Optional.empty()),
                ConfigSnapshot.Http.DEFAULTS);
    }

    @Test
    void aPageThatCameInTheClearIsNotOursWhereWeEncrypt() {
        String host = "192.0.2.7:18789";

        assertThat(Origins.isAllowed("https://" + host, host, gateway(true))).isTrue();
        assertThat(Origins.isAllowed("http://" + host, host, gateway(true))).isFalse();
        assertThat(Origins.isAllowed("http://" + host, host, gateway(false))).isTrue();
        assertThat(Origins.isAllowed("http://" + host, host, gateway(true, "http://" + host)))
                .as("somebody wants it so")
                .isTrue();
    }

    @Test
    void aPortThatTheSchemeMeansIsTheSameAsNone() {
        assertThat(Origins.isAllowed("https://gate", "gate:443", gateway(true))).isTrue();
        assertThat(Origins.isAllowed("https://a", "b", gateway(true, "https://a:443"))).isTrue();
        assertThat(Origins.isAllowed("https://a", "b", gateway(true, "https://a:80"))).isFalse();
        assertThat(Origins.isAllowed("http://my_host:18789", "my_host:18789", gateway(false)))
                .isTrue();
        assertThat(Origins.host("https://gate.example:443")).isEqualTo("gate.example");
    }
}
