package dev.evergate.keeper.os;

import java.nio.ByteOrder;

/**
 * Says whether this machine has the calls of this package.
 *
 * <p>They are written for Linux on x86_64 and aarch64 (64-bit, little-endian). Anywhere else no
 * other class of this package may be used; the gateway then runs without a keeper ({@code
 * --no-keeper}).
 *
 * <p>Thread-safety: stateless.
 */
public final class Os {
    private Os() {}

    /**
     * Whether sockets with descriptor passing, child subreapers and {@code /proc} can be used here.
     */
    public static boolean isSupported() {
        String architecture = System.getProperty("os.arch", "");
        return System.getProperty("os.name", "").equals("Linux")
                && (architecture.equals("amd64") || architecture.equals("aarch64"))
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    }
}
