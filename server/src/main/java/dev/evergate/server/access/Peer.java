package dev.evergate.server.access;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a connection comes from.
 *
 * @param address of the other end of the socket
 * @param isForwarded whether its request carries a proxy's headers
 * @param hasLocalHost whether its {@code Host} is a name of the loopback interface
 * @param host the {@code Host} header
 * @param origin the {@code Origin} header, which browsers send
 */
public record Peer(
        InetAddress address,
        boolean isForwarded,
        boolean hasLocalHost,
        String host,
        Optional<String> origin) {

    /** Whether nobody stands between us and a program on this machine. */
    public boolean isDirectLoopback() {
        return address.isLoopbackAddress() && hasLocalHost && !isForwarded;
    }
}
