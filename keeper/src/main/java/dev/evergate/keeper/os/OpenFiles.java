package dev.evergate.keeper.os;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a process has open.
 *
 * <p>Every answer is a snapshot. Thread-safety: stateless. Source of the fields: {@code
 * proc_pid_net(5)}; addresses are hexadecimal words in the machine's byte order, little-endian
 * here.
 */
public final class OpenFiles {
    private static final String SOCKET = "socket:[";
    private static final int LOCAL_FIELD = 1;
    private static final int REMOTE_FIELD = 2;
    private static final int STATE_FIELD = 3;
    private static final int INODE_FIELD = 9;
    private static final int IPV4_CHARS = 8;

    /** The kernel's {@code TCP_ESTABLISHED} is 1, and so on. */
    private static final List<String> STATES =
            List.of(
                    "?",
                    "established",
                    "syn-sent",
                    "syn-received",
                    "fin-wait-1",
                    "fin-wait-2",
                    "time-wait",
                    "closed",
                    "close-wait",
                    "last-ack",
                    "listening",
                    "closing");

    private OpenFiles() {}

    /**
     * Its TCP sockets, one line each: {@code 127.0.0.1:18789 <- 127.0.0.1:50512 established}; a
     * listening one has no peer.
     */
    public static List<String> tcpSockets(long pid) {
        Map<String, String> known = new HashMap<>();
        read(known, "/proc/" + pid + "/net/tcp");
        read(known, "/proc/" + pid + "/net/tcp6");
        List<String> found = new ArrayList<>();
        for (String target : targets(pid)) {
            String socket = known.get(target);
            if (socket != null) {
                found.add(socket);
            }
        }
        return found;
    }

    /** How many descriptors it has open. */
    public static int count(long pid) {
        return targets(pid).size();
    }

    private static List<String> targets(long pid) {
        String folder = "/proc/" + pid + "/fd";
        String[] numbers = new File(folder).list();
        List<String> found = new ArrayList<>();
        if (numbers != null) {
            for (String number : numbers) {
                try {
                    found.add(Files.readSymbolicLink(Path.of(folder, number)).toString());
                } catch (IOException e) {
                    // Closed while we looked.
                }
            }
        }
        return found;
    }

    private static void read(Map<String, String> known, String table) {
        List<String> lines;
        try {
            lines = Files.readAllLines(Path.of(table), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return; // A kernel without this family has no such table.
        }
        for (String line : lines) {
            String[] fields = ProcessTable.words(line);
            if (fields.length > INODE_FIELD && fields[LOCAL_FIELD].indexOf(':') > 0) {
                int state = Integer.parseInt(fields[STATE_FIELD], 16);
                String name = state < STATES.size() ? STATES.get(state) : "?";
                String peer =
                        name.equals("listening") ? "" : " <- " + address(fields[REMOTE_FIELD]);
                known.put(
                        SOCKET + fields[INODE_FIELD] + "]",
                        address(fields[LOCAL_FIELD]) + peer + " " + name);
            }
        }
    }

    /** {@code 0100007F:4965} is {@code 127.0.0.1:18789}. */
    static String address(String field) {
        int colon = field.indexOf(':');
        int port = Integer.parseInt(field.substring(colon + 1), 16);
        if (colon == IPV4_CHARS) {
            return ipv4(field.substring(0, IPV4_CHARS)) + ":" + port;
        }
        String mapped = "0000000000000000FFFF0000";
        if (field.startsWith(mapped)) {
            return ipv4(field.substring(mapped.length(), colon)) + ":" + port;
        }
        StringBuilder text = new StringBuilder("[");
        for (int word = 0; word < colon; word += IPV4_CHARS) {
            text.append(word == 0 ? "" : ":")
                    .append(octet(field, word + 6))
                    .append(octet(field, word + 4));
            text.append(':').append(octet(field, word + 2)).append(octet(field, word));
        }
        return text + "]:" + port;
    }

    private static String octet(String field, int at) {
        return field.substring(at, at + 2);
    }

    private static String ipv4(String word) {
        int number = (int) Long.parseLong(word, 16);
        return (number & 0xff)
                + "."
                + (number >> 8 & 0xff)
                + "."
                + (number >> 16 & 0xff)
                + "."
                + (number >>> 24);
    }
}
