package dev.evergate.server.http;

import com.sun.management.UnixOperatingSystemMXBean;

import java.lang.management.ManagementFactory;

/**
 * How many connections may be here of clients that have not said who they are: few enough that
 * files and other connections can be opened whoever comes. Stateless.
 */
final class DescriptorShare {
    /** Enough for a thousand clients that come back at once, and for who holds as many open. */
    private static final int MOST = 4096;

    private static final int LEAST = 64;

    /** The others are for those who have, and for the gateway itself. */
    private static final int PART = 4;

    private DescriptorShare() {}

    static int ofThisProcess() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os
                ? of(os.getMaxFileDescriptorCount())
                : MOST;
    }

    /**
     * @param descriptorsMax what the system lets this process have
     */
    static int of(long descriptorsMax) {
        return (int) Math.clamp(descriptorsMax / PART, LEAST, MOST);
    }
}
