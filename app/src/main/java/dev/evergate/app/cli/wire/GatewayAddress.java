package dev.evergate.app.cli.wire;

import dev.evergate.api.Secret;

import java.net.URI;

/**
 * A gateway to ask, and what to prove ourselves with.
 *
 * @param url {@code ws} or {@code wss}
 * @param secret token or password; absent if none is known
 * @param secretSource where the secret came from, for people
 * @param isOurs whether a keeper (or the gateway itself) has shown that this is the gateway of our
 *     state directory: then a refused connection means "not yet", not "not there"
 * @param trust in its certificate, if the url is {@code wss}
 */
public record GatewayAddress(
        URI url, Secret secret, String secretSource, boolean isOurs, Trust trust) {
    /** Host and port, for people. */
    public String place() {
        return url.getHost() + ":" + port(url);
    }

    public boolean isLoopback() {
        return isLoopback(url);
    }

    public static boolean isLoopback(URI url) {
        String host = url.getHost();
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    public static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("wss") ? 443 : 80;
    }
}
