package dev.evergate.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Auth;
import dev.evergate.server.access.Scrutiny.Withdrawal;
import dev.evergate.server.ws.CloseCode;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

@Tag("I38")
class ScrutinyTest {
    private static final InetAddress LOCAL = InetAddress.ofLiteral("192.0.2.7");
    private static final Auth AUTH = new Auth(Auth.Mode.TOKEN, Secret.of("secret"));
    private static final Withdrawal ORIGIN = new Withdrawal(CloseCode.POLICY, "origin not allowed");
    private static final Withdrawal SECRET =
            new Withdrawal(CloseCode.WITHDRAWN, "gateway auth changed");

    private static Peer peer(String host, String origin, boolean isForwarded) {
        return new Peer(
                InetAddress.ofLiteral("198.51.100.1"),
                isForwarded,
                host.startsWith("localhost"),
                host,
                Optional.of(origin).filter(it -> !it.isEmpty()));
    }

    private static Optional<Withdrawal> look(
            Peer peer, Auth auth, List<String> origins, List<String> proxies) {
        var gateway = new ConfigSnapshot.Gateway(18789, "0.0.0.0", auth, origins, proxies);
        return new Scrutiny(gateway).of(Warrant.of(peer, AUTH), LOCAL);
    }

    @Test
    void letsBeWhoCameWithTheSecretThatIsInForce() {
        assertThat(look(peer("localhost:1", "", false), AUTH, List.of(), List.of())).isEmpty();
    }

    @Test
    void endsWhoCameWithAnotherSecretOrInAnotherMode() {
        Peer peer = peer("localhost:1", "", false);
        var rotated = new Auth(Auth.Mode.TOKEN, Secret.of("another"));
        var password = new Auth(Auth.Mode.PASSWORD, Secret.of("secret"));

        assertThat(look(peer, rotated, List.of(), List.of())).contains(SECRET);
        assertThat(look(peer, password, List.of(), List.of())).contains(SECRET);
        assertThat(new Scrutiny(gateway(rotated)).of(Warrant.of(peer), LOCAL)).isEmpty();
    }

    private static ConfigSnapshot.Gateway gateway(Auth auth) {
        return new ConfigSnapshot.Gateway(18789, "127.0.0.1", auth, List.of(), List.of());
    }

    @Test
    void endsPagesThatAreNotListedAnyMore() {
        Peer page = peer("192.0.2.7:1", "https://a.example", false);

        assertThat(look(page, AUTH, List.of("https://a.example"), List.of())).isEmpty();
        assertThat(look(page, AUTH, List.of("https://b.example"), List.of())).contains(ORIGIN);
    }

    @Test
    void letsPagesBeThatTheGatewayServedUnderANameOfItsOwn() {
        Peer own = peer("192.0.2.7:1", "http://192.0.2.7:1", false);
        Peer local = peer("localhost:1", "http://localhost:1", false);
        Peer declared = peer("gate.example", "https://gate.example", false);

        assertThat(look(own, AUTH, List.of(), List.of())).isEmpty();
        assertThat(look(local, AUTH, List.of(), List.of())).isEmpty();
        assertThat(look(declared, AUTH, List.of("https://gate.example"), List.of())).isEmpty();
        assertThat(look(declared, AUTH, List.of(), List.of())).contains(ORIGIN);
    }

    @Test
    void endsWhoComesByAProxyThatIsNotTrustedAnyMore() {
        Peer forwarded = peer("192.0.2.7:1", "", true);

        assertThat(look(forwarded, AUTH, List.of(), List.of("198.51.100.1"))).isEmpty();
        assertThat(look(forwarded, AUTH, List.of(), List.of()))
                .contains(new Withdrawal(CloseCode.POLICY, "gateway ingress attribution required"));
    }
}
