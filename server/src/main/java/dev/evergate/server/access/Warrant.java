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
 * @param secret fingerprint of the shared secret it has shown; {@link #NO_SECRET} if none
 */
public record Warrant(Optional<Peer> peer, long secret) {
    /** It has not shown the gateway's secret, or not yet. */
    public static final long NO_SECRET = 0;

    /** Nothing is known against it. */
    public static final Warrant NONE = new Warrant(Optional.empty(), NO_SECRET);

    /** Of a connection that has shown the present secret. */
    static Warrant of(Peer peer, ConfigSnapshot.Auth auth) {
        return new Warrant(relevant(peer), fingerprint(auth));
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
        return new Warrant(Optional.empty(), fingerprint(auth));
    }

    /** Most connections come from this machine and from no page: nothing has to be kept of them. */
    private static Optional<Peer> relevant(Peer peer) {
        return Optional.of(peer).filter(it -> it.origin().isPresent() || it.isForwarded());
    }

    /** Tells one secret and mode from another without giving them away. */
    static long fingerprint(ConfigSnapshot.Auth auth) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(auth.mode().name().getBytes(StandardCharsets.US_ASCII));
            digest.update((byte) 0);
            byte[] hash = digest.digest(auth.secret().reveal().getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong() | 1; // never the one that stands for none
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
