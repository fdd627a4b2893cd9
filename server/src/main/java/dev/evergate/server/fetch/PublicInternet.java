package dev.evergate.server.fetch;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Which addresses belong to everybody (S10). Of IPv4 that is what the IANA IPv4 Special-Purpose
 * Address Registry (RFC 6890) leaves; of IPv6 it is global unicast (2000::/3, RFC 4291) without
 * what the IPv6 registry takes out of it. Every other form in which an IPv4 address can hide
 * (mapped, compatible, NAT64, 6to4, Teredo, ISATAP) is not public, whatever it holds. Stateless.
 */
final class PublicInternet {
    private static final List<Block> NOT_V4 =
            List.of(
                    new Block("0.0.0.0", 8), // this network
                    new Block("10.0.0.0", 8), // private
                    new Block("100.64.0.0", 10), // shared by customers of a carrier
                    new Block("127.0.0.0", 8), // loopback
                    new Block("168.63.129.16", 32), // metadata of Azure, in public space
                    new Block("169.254.0.0", 16), // link-local, metadata of most clouds
                    new Block("172.16.0.0", 12), // private
                    new Block("192.0.0.0", 24), // protocol assignments, metadata of Oracle
                    new Block("192.0.2.0", 24), // documentation
                    new Block("192.88.99.0", 24), // relays of 6to4
                    new Block("192.168.0.0", 16), // private
                    new Block("198.18.0.0", 15), // benchmarks
                    new Block("198.51.100.0", 24), // documentation
                    new Block("203.0.113.0", 24), // documentation
                    new Block("224.0.0.0", 4), // multicast
                    new Block("240.0.0.0", 4)); // reserved, broadcast

    private static final Block GLOBAL_V6 = new Block("2000::", 3);

    private static final List<Block> NOT_V6 =
            List.of(
                    new Block("2001::", 23), // protocol assignments, Teredo among them
                    new Block("2001:db8::", 32), // documentation
                    new Block("2002::", 16), // 6to4
                    new Block("3fff::", 20)); // documentation

    private PublicInternet() {}

    static boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return NOT_V4.stream().noneMatch(block -> block.contains(bytes));
        }
        return GLOBAL_V6.contains(bytes)
                && NOT_V6.stream().noneMatch(block -> block.contains(bytes))
                && !isIsatap(bytes);
    }

    /** RFC 5214, section 6.1: an interface that is named by an IPv4 address. */
    private static boolean isIsatap(byte[] bytes) {
        boolean isNamed = bytes[8] == 0 || bytes[8] == 2;
        return isNamed && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == (byte) 0xfe;
    }

    /** All addresses that begin with the same bits. */
    private record Block(InetAddress first, int bits) {
        Block(String first, int bits) {
            this(InetAddress.ofLiteral(first), bits);
        }

        boolean contains(byte[] address) {
            byte[] mine = first.getAddress();
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((mine[bit / 8] & mask) != (address[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }
}
