package dev.evergate.server.access;

import dev.evergate.core.config.ConfigSnapshot;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * By what a connection was let in, so that it can be asked later whether it still would be.
 * Immutable.
 *
 * @param peer where it comes from; empty where no configuration forbids anything
 * @param secret fingerprint of the shared secret it has shown, or of how a proxy vouched for it;
 *     {@link #NO_SECRET} if none
 */
public record Warrant(Optional<Peer> peer, long secret) {
    /** It has not shown the gateway's secret, or not yet. */
    public static final long NO_SECRET = 0;

    /** Nothing is known against it. */
    public static final Warrant NONE = new Warrant(Optional.empty(), NO_SECRET);

    /** Of a connection that has shown the present secret, or that the proxy vouches for. */
    static Warrant of(Peer peer, ConfigSnapshot.Auth auth) {
        return new Warrant(relevant(peer), peer.word().isPresent() ? ofWord(auth) : ofSecret(auth));
    }

    /** Of a connection that has not shown anything. */
    public static Warrant of(Peer peer) {
        return new Warrant(relevant(peer), NO_SECRET);
    }

    /**
     * Where the client is, as far as is known.
     *
     * @param remote the other end of its socket
     */
    public String address(SocketAddress remote) {
        Optional<InetAddress> end =
                remote instanceof InetSocketAddress internet
                        ? Optional.ofNullable(internet.getAddress())
                        : Optional.empty();
        return peer.map(Peer::clientAddress)
                .or(() -> end)
                .map(InetAddress::getHostAddress)
                .orElse("");
    }

    /** Of a connection that came from a release that did not keep warrants. */
    public static Warrant assumed(ConfigSnapshot.Auth auth) {
        return new Warrant(Optional.empty(), ofSecret(auth));
    }

    /** Most connections come from this machine and from no page: nothing has to be kept of them. */
    private static Optional<Peer> relevant(Peer peer) {
        return Optional.of(peer).filter(it -> it.origin().isPresent() || it.isForwarded());
    }

    /** Tells one secret and mode from another without giving them away. */
    static long ofSecret(ConfigSnapshot.Auth auth) {
        return fingerprint(auth.mode().name(), auth.secret().reveal());
    }

    /** Tells one way in which a proxy vouches for somebody from another. */
    static long ofWord(ConfigSnapshot.Auth auth) {
        return fingerprint(
                "word of " + auth.mode().name(),
                auth.proxy().userHeader() + auth.proxy().requiredHeaders());
    }

    private static long fingerprint(String kind, String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(kind.getBytes(StandardCharsets.US_ASCII));
            digest.update((byte) 0);
            byte[] hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong() | 1; // never the one that stands for none
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
