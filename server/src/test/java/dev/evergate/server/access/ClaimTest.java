package dev.evergate.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Auth;
import dev.evergate.core.config.ConfigSnapshot.RateLimit;
import dev.evergate.core.config.ConfigSnapshot.TrustedProxy;
import dev.evergate.server.access.Claim.LetIn;
import dev.evergate.server.access.Claim.Refused;
import dev.evergate.server.access.Claim.ToProve;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;

/** Who is let in without a secret, who may prove itself, and for whom nothing helps. */
@Tag("S2")
class ClaimTest {
    private static final String PROXY = "198.51.100.7";

    private static ConfigSnapshot.Gateway gateway(String... proxies) {
        var proxy = new TrustedProxy("x-user", List.of(), List.of(), false);
        var auth =
                new Auth(Auth.Mode.TRUSTED_PROXY, Secret.of("secret"), RateLimit.DEFAULTS, proxy);
        return new ConfigSnapshot.Gateway(18789, "0.0.0.0", auth, List.of(), List.of(proxies));
    }

    private static Peer peer(String address, boolean isForwarded, String user) {
        Optional<ProxyWord> word =
                Optional.of(user)
                        .filter(name -> !name.isEmpty())
                        .map(name -> new ProxyWord(name, Optional.empty()));
        return new Peer(
                InetAddress.ofLiteral(address),
                isForwarded,
                true,
                "localhost:18789",
                Optional.empty(),
                Optional.empty(),
                word);
    }

    private static String reason(Claim claim) {
        return claim instanceof Refused(var why, _, _) ? why : claim.toString();
    }

    @Test
    void letsInWhomADeclaredProxyElsewhereNames() {
        assertThat(Claim.of(peer(PROXY, true, "nick"), gateway(PROXY)))
                .isEqualTo(new LetIn("trusted-proxy"));
        assertThat(Claim.of(peer(PROXY, true, "nick"), gateway("198.51.100.0/24")))
                .isEqualTo(new LetIn("trusted-proxy"));
    }

    @Test
    void believesNobodyElse() {
        assertThat(reason(Claim.of(peer("198.51.100.8", true, "nick"), gateway(PROXY))))
                .isEqualTo("trusted_proxy_untrusted_source");
        assertThat(reason(Claim.of(peer("127.0.0.1", true, "nick"), gateway("127.0.0.1"))))
                .isEqualTo("trusted_proxy_loopback_source");
    }

    @Test
    void believesNoAddressOfThisComputerEither() throws SocketException {
        Optional<String> own =
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(address -> !address.isLoopbackAddress())
                        .map(address -> address.getHostAddress().replaceFirst("%.*", ""))
                        .findFirst();
        own.ifPresent(
                address ->
                        assertThat(reason(Claim.of(peer(address, true, "nick"), gateway(address))))
                                .isEqualTo("trusted_proxy_loopback_source"));
    }

    @Test
    void takesNoSecretFromAProxyThatNamesNobody() {
        assertThat(reason(Claim.of(peer(PROXY, false, ""), gateway(PROXY))))
                .isEqualTo("trusted_proxy_user_missing");
    }

    @Test
    void asksWhoComesWithoutTheProxyToProveItself() {
        assertThat(Claim.of(peer("127.0.0.1", false, ""), gateway(PROXY))).isEqualTo(new ToProve());
        assertThat(Claim.of(peer("198.51.100.8", false, ""), gateway(PROXY)))
                .isEqualTo(new ToProve());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.1, 10.0.0.2, false",
        "10.0.0.0/24, 10.0.0.255, true",
        "10.0.0.0/24, 10.0.1.0, false",
        "10.0.0.0/31, 10.0.0.2, false",
        "10.0.0.9/9, 10.127.0.1, true",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "10.0.0.0/8, 2001:db8::1, false",
        "10.0.0.0/33, 10.0.0.0, false",
        "::/1, 10.0.0.1, false",
        "proxy.example, 10.0.0.1, false",
        "10.0.0.0/, 10.0.0.0, false",
        "10.0.0.0/-1, 10.0.0.0, false"
    })
    void knowsAProxyByAddressOrRange(String declared, String address, boolean isIn) {
        assertThat(Proxies.contain(List.of(declared), InetAddress.ofLiteral(address)))
                .isEqualTo(isIn);
    }
}
