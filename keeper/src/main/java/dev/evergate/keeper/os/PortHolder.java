package dev.evergate.keeper.os;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A process that holds a listening TCP socket.
 *
 * @param program the short name of its program, empty when hidden
 */
public record PortHolder(long pid, String program) {
    private static final String[] TABLES = {"/proc/net/tcp", "/proc/net/tcp6"};
    private static final int LOCAL_ADDRESS_FIELD = 1;
    private static final int STATE_FIELD = 3;
    private static final int INODE_FIELD = 9;
    private static final String LISTENING = "0A";

    /**
     * Who listens on a port, on any address of either family; takes some 10–50 ms.
     *
     * <p>Empty means unknown, not free: another user's processes may be hidden from us.
     */
    public static List<PortHolder> find(int port) {
        List<PortHolder> holders = new ArrayList<>();
        Set<String> sockets = listeningSockets(port);
        if (sockets.isEmpty()) {
            return holders;
        }
        for (long pid : ProcessTable.pids()) {
            if (holdsOneOf(sockets, pid)) {
                holders.add(new PortHolder(pid, ProcessTable.program(pid).orElse("")));
            }
        }
        return holders;
    }

    /** For a sentence: {@code nginx (pid 4711)}. */
    @Override
    public String toString() {
        return (program.isEmpty() ? "a process" : program) + " (pid " + pid + ")";
    }

    private static Set<String> listeningSockets(int port) {
        String hex = Integer.toHexString(0x10000 | port).substring(1).toUpperCase(Locale.ROOT);
        Set<String> sockets = new HashSet<>();
        for (String table : TABLES) {
            for (String line : lines(table)) {
                String[] fields = ProcessTable.words(line);
                if (fields.length > INODE_FIELD
                        && fields[LOCAL_ADDRESS_FIELD].endsWith(":" + hex)
                        && fields[STATE_FIELD].equals(LISTENING)) {
                    sockets.add("socket:[" + fields[INODE_FIELD] + "]");
                }
            }
        }
        return sockets;
    }

    private static boolean holdsOneOf(Set<String> sockets, long pid) {
        String folder = "/proc/" + pid + "/fd";
        String[] numbers = new File(folder).list();
        if (numbers == null) {
            return false; // Hidden from us, or gone.
        }
        for (String number : numbers) {
            if (sockets.contains(target(Path.of(folder, number)))) {
                return true;
            }
        }
        return false;
    }

    private static List<String> lines(String table) {
        try {
            return Files.readAllLines(Path.of(table), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of(); // A kernel without this family has no such table.
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // Closed while we looked.
        }
    }
}
