package dev.evergate.testkit.process;

import dev.evergate.core.time.Entropy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Finds ports that nobody listens on, below those the kernel gives to outgoing connections. */
public final class FreePort {
    private static final int FIRST = 20_000;
    private static final int COUNT = 12_000;
    private static final int TRIES_MAX = 200;

    private FreePort() {}

    /** A port that was free on loopback a moment ago. */
    public static int find(Entropy entropy) {
        for (int i = 0; i < TRIES_MAX; i++) {
            int port = FIRST + (int) (entropy.fraction() * COUNT);
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException e) {
                // Taken: try another.
            }
        }
        throw new IllegalStateException(
                "no free port among " + TRIES_MAX + " tried from " + FIRST + " on");
    }
}
