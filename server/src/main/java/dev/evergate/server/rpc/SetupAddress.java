package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where a device with a setup code finds the gateway.
 *
 * @param url {@code ws} or {@code wss}, a host and perhaps a port
 * @param source what says so
 */
record SetupAddress(String url, String source) {
    static final int CHARS_MAX = 512;

    private static final String HELP =
            " (name the address that devices reach the gateway by:"
                    + " evergate devices invite --public-url wss://gateway.example)";

    /**
     * What the caller names, else the address the gateway is bound to.
     *
     * @throws EvergateException INVALID_REQUEST if no device could use it, or everybody on the way
     *     could read what is said
     */
    static SetupAddress of(Optional<String> named, ConfigSnapshot.Gateway config) {
        return named.isPresent()
                ? new SetupAddress(checked(named.get()), "publicUrl")
                : bound(config);
    }

    private static SetupAddress bound(ConfigSnapshot.Gateway config) {
        String host = config.bindHost();
        boolean isOne =
                literal(host)
                        .filter(it -> !it.isLoopbackAddress() && !it.isAnyLocalAddress())
                        .isPresent();
        if (!isOne) {
            throw refusal("the gateway is bound to " + host + ", which is no address to give away");
        }
        String scheme = config.tls().isPresent() ? "wss" : "ws";
        String name = host.contains(":") ? "[" + host + "]" : host;
        String url = "%s://%s:%d".formatted(scheme, name, config.port());
        return new SetupAddress(checked(url), "gateway.bind");
    }

    private static String checked(String url) {
        try {
            URI uri = new URI(url.strip());
            String host = Optional.ofNullable(uri.getHost()).orElse("");
            boolean isPlain =
                    Optional.ofNullable(uri.getRawPath()).orElse("").length() <= 1
                            && uri.getRawUserInfo() == null
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null;
            if (host.isEmpty() || !isPlain) {
                throw refusal("publicUrl is not a scheme, a host and a port");
            }
            String scheme = scheme(uri);
            if (scheme.equals("ws") && !isNear(host)) {
                throw refusal("publicUrl is not encrypted, and its host is not on this network");
            }
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            return scheme + "://" + host.toLowerCase(Locale.ROOT) + port;
        } catch (URISyntaxException malformed) {
            throw refusal("publicUrl is no URL");
        }
    }

    private static String scheme(URI uri) {
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        if (Set.of("wss", "https").contains(scheme)) {
            return "wss";
        }
        if (Set.of("ws", "http").contains(scheme)) {
            return "ws";
        }
        throw refusal("publicUrl does not begin with wss:// or ws://");
    }

    /** Whether what goes there in the clear stays on this computer or network. */
    private static boolean isNear(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.toLowerCase(Locale.ROOT).endsWith(".local")
                || literal(host).filter(SetupAddress::isNear).isPresent();
    }

    private static boolean isNear(InetAddress address) {
        boolean isUniqueLocal =
                address.getAddress().length == 16 && (address.getAddress()[0] & 0xfe) == 0xfc;
        return address.isLoopbackAddress()
                || address.isSiteLocalAddress()
                || address.isLinkLocalAddress()
                || isUniqueLocal;
    }

    /** An address as it is written; a name is not asked for. */
    private static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(InetAddress.ofLiteral(host.replaceAll("^\\[|\\]$", "")));
        } catch (IllegalArgumentException name) {
            return Optional.empty();
        }
    }

    private static EvergateException refusal(String why) {
        return new EvergateException(ErrorCode.INVALID_REQUEST, why + HELP);
    }
}
