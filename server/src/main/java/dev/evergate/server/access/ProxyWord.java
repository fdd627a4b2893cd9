package dev.evergate.server.access;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Auth.Mode;
import dev.evergate.core.config.ConfigSnapshot.TrustedProxy;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a declared proxy says of who is behind it, with mode "trusted-proxy". Immutable.
 *
 * @param user whom the proxy has authenticated
 * @param scopes the most that user may have; empty for no such limit
 */
public record ProxyWord(String user, Optional<List<String>> scopes) {
    /** The header by which a request has less than it might; each that is there narrows. */
    public static final String SCOPES = "x-openclaw-scopes";

    private static final int USER_CHARS_MAX = 256;

    /** Why a proxy's word does not count, in the words of the protocol. */
    enum Fault {
        UNTRUSTED_SOURCE(
                "trusted_proxy_untrusted_source",
                "it is not the gateway's proxy",
                "evergate config get gateway.trustedProxies"),
        LOOPBACK_SOURCE(
                "trusted_proxy_loopback_source",
                "the proxy runs on the gateway's own computer, which"
                        + " gateway.auth.trustedProxy.allowLoopback has to allow",
                "evergate config set gateway.auth.trustedProxy.allowLoopback true"),
        USER_MISSING(
                "trusted_proxy_user_missing",
                "the proxy does not say who you are",
                "evergate config get gateway.auth.trustedProxy"),
        USER_NOT_ALLOWED(
                "trusted_proxy_user_not_allowed",
                "gateway.auth.trustedProxy.allowUsers does not name you",
                "evergate config get gateway.auth.trustedProxy.allowUsers");

        private final String reason;
        private final String text;
        private final String help;

        Fault(String reason, String text, String help) {
            this.reason = reason;
            this.text = text;
            this.help = help;
        }

        Claim refused() {
            return new Claim.Refused(reason, text, help);
        }
    }

    public ProxyWord {
        scopes = scopes.map(List::copyOf);
    }

    /**
     * Reads it from the headers of a request. Empty in another mode, from somebody who is no
     * declared proxy, and where it is not said once and clearly: a second header, or a second name
     * in it, may be what the proxy was sent.
     *
     * @param address of the other end of the socket
     * @param headers the values of one by name, in any case
     */
    public static Optional<ProxyWord> read(
            InetAddress address,
            Function<String, List<String>> headers,
            ConfigSnapshot.Gateway gateway) {
        TrustedProxy proxy = gateway.auth().proxy();
        boolean isWhole =
                gateway.auth().mode() == Mode.TRUSTED_PROXY
                        && Proxies.contain(gateway.trustedProxies(), address)
                        && proxy.requiredHeaders().stream()
                                .allMatch(
                                        name ->
                                                headers.apply(name).stream()
                                                        .anyMatch(value -> !value.isBlank()));
        return isWhole
                ? user(headers.apply(proxy.userHeader()))
                        .map(user -> new ProxyWord(user, scopes(headers.apply(SCOPES))))
                : Optional.empty();
    }

    private static Optional<String> user(List<String> values) {
        return Optional.of(values)
                .filter(all -> all.size() == 1)
                .map(all -> all.getFirst().strip())
                .filter(user -> !user.isEmpty() && user.length() <= USER_CHARS_MAX)
                .filter(user -> user.indexOf(',') < 0);
    }

    /** Of several headers each only narrows. */
    private static Optional<List<String>> scopes(List<String> values) {
        return values.stream()
                .map(value -> Stream.of(value.split(",")).map(String::strip).toList())
                .reduce(ProxyWord::common);
    }

    private static List<String> common(List<String> some, List<String> others) {
        return some.stream().filter(others::contains).toList();
    }

    /** Whether a request has a header that only the proxy sends, with mode "trusted-proxy". */
    public static boolean isClaimed(
            Function<String, List<String>> headers, ConfigSnapshot.Gateway gateway) {
        TrustedProxy proxy = gateway.auth().proxy();
        return gateway.auth().mode() == Mode.TRUSTED_PROXY
                && Stream.concat(Stream.of(proxy.userHeader()), proxy.requiredHeaders().stream())
                        .anyMatch(name -> !headers.apply(name).isEmpty());
    }

    /** Why the word of this peer does not count; empty if it does. */
    static Optional<Fault> fault(Peer peer, ConfigSnapshot.Gateway gateway) {
        TrustedProxy proxy = gateway.auth().proxy();
        if (!Proxies.contain(gateway.trustedProxies(), peer.address())) {
            return Optional.of(Fault.UNTRUSTED_SOURCE);
        }
        if (!proxy.allowsLoopback() && isOfThisComputer(peer.address())) {
            return Optional.of(Fault.LOOPBACK_SOURCE);
        }
        if (peer.word().isEmpty()) {
            return Optional.of(Fault.USER_MISSING);
        }
        return proxy.allowUsers().isEmpty() || proxy.allowUsers().contains(peer.word().get().user())
                ? Optional.empty()
                : Optional.of(Fault.USER_NOT_ALLOWED);
    }

    /** Every program here can come from an address of this computer, not only the proxy. */
    private static boolean isOfThisComputer(InetAddress address) {
        try {
            return address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return true;
        }
    }
}
