package dev.evergate.server.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request as the strictest reader understands it: to the letter of RFC 9112, with none of what
 * that lets a recipient forgive. Whatever such a reader stands in front of us, both see the same.
 *
 * @param host empty if there is none
 * @param body empty as long as it is not there as a whole
 */
record StrictRequest(String method, String target, String host, Optional<String> body) {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern LINE =
            Pattern.compile("(" + TOKEN + ") ([\\x21-\\x7e]+) HTTP/1\\.([01])");

    /**
     * Control characters that end no line may stay where they do no harm (RFC 9110 section 5.5).
     */
    private static final Pattern FIELD =
            Pattern.compile("(" + TOKEN + "):[ \\t]*([^\\x00\\r\\n]*?)[ \\t]*");

    private static final Pattern CHUNK = Pattern.compile("0*([0-9A-Fa-f]{1,8})(?:[ \\t]*;.*)?");

    /**
     * The bytes as characters; empty unless a head is there as a whole. What stands in front of the
     * first request of a connection is passed over: there is nobody else it could belong to.
     */
    static Optional<StrictRequest> read(String bytes) {
        String text = bytes.replaceFirst("^[\\x00-\\x20\\x7f-\\xa0]+", "");
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return Optional.empty();
        }
        List<String> lines = unfolded(text.substring(0, end));
        Matcher first = LINE.matcher(lines.getFirst());
        if (!first.matches()) {
            return Optional.empty();
        }
        List<String> hosts = new ArrayList<>();
        List<String> lengths = new ArrayList<>();
        List<String> encodings = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            Matcher field = FIELD.matcher(line);
            if (!field.matches()) {
                return Optional.empty();
            }
            switch (field.group(1).toLowerCase(Locale.ROOT)) {
                case "host" -> hosts.add(field.group(2));
                case "content-length" -> lengths.add(field.group(2));
                case "transfer-encoding" -> encodings.add(field.group(2));
                default -> {} // says nothing of where the request ends
            }
        }
        boolean isClear =
                hosts.size() <= 1
                        && lengths.size() + encodings.size() <= 1
                        && lengths.stream().allMatch(length -> length.matches("[0-9]{1,18}"))
                        && encodings.stream().allMatch(each -> each.equalsIgnoreCase("chunked"))
                        && (encodings.isEmpty() || first.group(3).equals("1"));
        if (!isClear) {
            return Optional.empty();
        }
        String rest = text.substring(end + 4);
        return Optional.of(
                new StrictRequest(
                        first.group(1),
                        first.group(2),
                        hosts.isEmpty() ? "" : hosts.getFirst(),
                        encodings.isEmpty()
                                ? counted(rest, lengths.isEmpty() ? "0" : lengths.getFirst())
                                : chunked(rest)));
    }

    /**
     * A folded line is put together with a space (RFC 9112 section 5.2), and blank and control
     * characters around what it says are dropped.
     */
    private static List<String> unfolded(String head) {
        List<String> lines = new ArrayList<>();
        for (String line : head.split("\r\n", -1)) {
            boolean isFolded = line.startsWith(" ") || line.startsWith("\t");
            if (isFolded && lines.size() > 1) {
                lines.addLast(lines.removeLast() + " " + line.trim());
            } else {
                lines.add(line);
            }
        }
        return lines;
    }

    private static Optional<String> counted(String rest, String length) {
        long bytes = Long.parseLong(length);
        return bytes > rest.length()
                ? Optional.empty()
                : Optional.of(rest.substring(0, (int) bytes));
    }

    private static Optional<String> chunked(String rest) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            int end = rest.indexOf("\r\n", at);
            Matcher chunk = CHUNK.matcher(end < 0 ? "" : rest.substring(at, end));
            if (!chunk.matches()) {
                return Optional.empty();
            }
            long bytes = Long.parseLong(chunk.group(1), 16);
            at = end + 2;
            if (bytes == 0) {
                return isTrailer(rest.substring(at))
                        ? Optional.of(body.toString(StandardCharsets.ISO_8859_1))
                        : Optional.empty();
            }
            if (at + bytes + 2 > rest.length() || !rest.startsWith("\r\n", at + (int) bytes)) {
                return Optional.empty();
            }
            String piece = rest.substring(at, at + (int) bytes);
            body.writeBytes(piece.getBytes(StandardCharsets.ISO_8859_1));
            at += (int) bytes + 2;
        }
    }

    /** What stands in a trailer nobody reads, so that it cannot be read in two ways. */
    private static boolean isTrailer(String rest) {
        return rest.startsWith("\r\n") || rest.contains("\r\n\r\n");
    }
}
