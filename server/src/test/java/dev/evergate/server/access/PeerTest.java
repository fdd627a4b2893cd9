package dev.evergate.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

class PeerTest {
    private static final List<String> TRUSTED = List.of("10.0.0.1", "10.0.0.2");

    private static String client(String socket, String... forwarded) {
        Optional<InetAddress> client =
                Peer.client(InetAddress.ofLiteral(socket), List.of(forwarded), TRUSTED);
        return client.map(InetAddress::getHostAddress).orElse("");
    }

    @Test
    void believesTheProxyThatIsTrustedAndNobodyBeforeIt() {
        assertThat(client("10.0.0.1", "203.0.113.9")).isEqualTo("203.0.113.9");
        assertThat(client("10.0.0.1", "127.0.0.1, 203.0.113.9")).isEqualTo("203.0.113.9");
        assertThat(client("10.0.0.1", "1.2.3.4, 203.0.113.9 , 10.0.0.2")).isEqualTo("203.0.113.9");
        assertThat(client("10.0.0.1", "1.2.3.4", "203.0.113.9")).isEqualTo("203.0.113.9");
        assertThat(client("203.0.113.7", "127.0.0.1")).as("not trusted").isEmpty();
    }

    @Test
    void takesNothingButAnAddressForAnAddress() {
        assertThat(client("10.0.0.1")).isEmpty();
        assertThat(client("10.0.0.1", "")).isEmpty();
        assertThat(client("10.0.0.1", "localhost")).isEmpty();
        assertThat(client("10.0.0.1", "203.0.113.9:443")).isEmpty();
        assertThat(client("10.0.0.1", "10.0.0.2")).isEmpty();
        assertThat(client("10.0.0.1", "2001:db8::9")).isEqualTo("2001:db8:0:0:0:0:0:9");
    }
}
