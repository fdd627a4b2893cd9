package dev.evergate.server.http;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.server.access.Peer;
import dev.evergate.server.access.ProxyWord;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds out from a request's head where it comes from. Stateless. */
final class PeerReader {
    /** Headers that proxies add, besides those that begin with x-forwarded. */
    private static final Set<String> FORWARDING =
            Set.of(
                    "forwarded",
                    "via",
                    "x-real-ip",
                    "x-client-ip",
                    "true-client-ip",
                    "cf-connecting-ip");

    private PeerReader() {}

    /**
     * @param address of the other end of the socket
     */
    static Peer of(
            InetAddress address, HttpHeaders headers, String host, ConfigSnapshot.Gateway gateway) {
        return new Peer(
                address,
                headers.names().stream().anyMatch(PeerReader::isForwarding)
                        || ProxyWord.isClaimed(headers::getAll, gateway),
                HostPolicy.isLoopback(host),
                host,
                Optional.ofNullable(headers.get(HttpHeaderNames.ORIGIN)),
                Peer.client(address, headers.getAll("X-Forwarded-For"), gateway.trustedProxies()),
                ProxyWord.read(address, headers::getAll, gateway));
    }

    private static boolean isForwarding(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.startsWith("x-forwarded") || FORWARDING.contains(name);
    }
}
