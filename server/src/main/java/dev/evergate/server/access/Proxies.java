package dev.evergate.server.access;

import java.net.InetAddress;
import java.util.List;

/** The proxies that are declared: addresses, and ranges such as {@code 10.0.0.0/24}. Stateless. */
public final class Proxies {
    private Proxies() {}

    /** Whether one of them is at this address. What is no address declares nobody. */
    public static boolean contain(List<String> declared, InetAddress address) {
        return declared.stream().anyMatch(each -> covers(each, address.getAddress()));
    }

    private static boolean covers(String declared, byte[] address) {
        try {
            int slash = declared.indexOf('/');
            byte[] first =
                    InetAddress.ofLiteral(slash < 0 ? declared : declared.substring(0, slash))
                            .getAddress();
            int bits =
                    slash < 0
                            ? 8 * first.length
                            : Integer.parseInt(declared, slash + 1, declared.length(), 10);
            return first.length == address.length
                    && bits > 0
                    && bits <= 8 * first.length
                    && startAlike(first, address, bits);
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    private static boolean startAlike(byte[] one, byte[] other, int bits) {
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((one[bit / 8] & mask) != (other[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
