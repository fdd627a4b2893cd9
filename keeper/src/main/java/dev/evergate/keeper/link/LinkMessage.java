package dev.evergate.keeper.link;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One message of the link: a word and named fields.
 *
 * <p>On the wire a message is one datagram of at most {@value #BYTES_MAX} bytes: the word, then one
 * {@code key=value} line each, the first of them {@code link=<version>}. Values are UTF-8 with
 * control characters and {@code %} percent-encoded. Readers skip fields they do not know.
 * Thread-safety: immutable.
 *
 * @param word one of {@link Word}, or one this version does not know
 * @param version the sender's version of the link
 * @param fields in the order they were written
 */
public record LinkMessage(String word, int version, Map<String, String> fields) {
    /** The version this code speaks; a keeper understands every version up to its own. */
    public static final int VERSION = 1;

    /** The longest datagram. */
    public static final int BYTES_MAX = 32 * 1024;

    /** The longest free text a sender puts into one field; {@link #excerpt} cuts to it. */
    public static final int TEXT_CHARS_MAX = 4 * 1024;

    private static final String VERSION_KEY = "link";
    private static final int NAME_CHARS_MAX = 64;
    private static final String HEX = "0123456789ABCDEF";

    public LinkMessage {
        requireName("word", word);
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        for (String key : fields.keySet()) {
            requireName("field", key);
        }
    }

    /** A message of this version without fields. */
    public static LinkMessage of(String word) {
        return new LinkMessage(word, VERSION, Map.of());
    }

    /** The same message with one more field, or another value for it. */
    public LinkMessage with(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(fields);
        more.put(key, value);
        return new LinkMessage(word, version, more);
    }

    /** The same message with a whole number as a field. */
    public LinkMessage with(String key, long value) {
        return with(key, Long.toString(value));
    }

    /** A field's text; a missing one is an error of the sender. */
    public String text(String key) throws LinkFormatException {
        String value = fields.get(key);
        if (value == null) {
            throw new LinkFormatException(word + " without " + key);
        }
        return value;
    }

    /** A field's text, or what stands for a missing one. */
    public String text(String key, String otherwise) {
        return fields.getOrDefault(key, otherwise);
    }

    /** A field's whole number; a missing or malformed one is an error of the sender. */
    public long number(String key) throws LinkFormatException {
        String value = text(key);
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new LinkFormatException(
                    word + " with " + key + "=" + value + " (expected: a whole number)");
        }
    }

    /** A field's whole number within the range of an {@code int}. */
    public int smallNumber(String key) throws LinkFormatException {
        long value = number(key);
        if (value != (int) value) {
            throw new LinkFormatException(
                    word + " with " + key + "=" + value + " (expected: a 32-bit number)");
        }
        return (int) value;
    }

    /** Free text cut to what fits a field, with a mark where it was cut. */
    public static String excerpt(String text) {
        return text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX - 1) + "…";
    }

    /** The datagram; a message that is too long is a bug of the sender. */
    public byte[] encode() {
        StringBuilder text = new StringBuilder(256);
        text.append(word).append('\n');
        text.append(VERSION_KEY).append('=').append(version).append('\n');
        for (Map.Entry<String, String> field : fields.entrySet()) {
            text.append(field.getKey()).append('=');
            escape(field.getValue(), text);
            text.append('\n');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    word + ": " + bytes.length + " bytes (expected: <= " + BYTES_MAX + ")");
        }
        return bytes;
    }

    /** Reads a datagram. */
    public static LinkMessage decode(byte[] bytes) throws LinkFormatException {
        if (bytes.length > BYTES_MAX) {
            throw new LinkFormatException(
                    "A message of " + bytes.length + " bytes (expected: <= " + BYTES_MAX + ")");
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        int line = text.indexOf('\n');
        if (line < 0 || !isName(text, 0, line)) {
            throw new LinkFormatException("A message that does not begin with a word");
        }
        String word = text.substring(0, line);
        int version = -1;
        Map<String, String> fields = new LinkedHashMap<>();
        for (int at = line + 1; at < text.length(); ) {
            int end = text.indexOf('\n', at);
            int stop = end < 0 ? text.length() : end;
            int equals = text.indexOf('=', at);
            if (equals < 0 || equals > stop || !isName(text, at, equals)) {
                throw new LinkFormatException(word + " with a line that is no key=value");
            }
            String key = text.substring(at, equals);
            String value = unescape(word, text, equals + 1, stop);
            if (version >= 0) {
                fields.put(key, value);
            } else {
                version = version(word, key, value);
            }
            at = stop + 1;
        }
        if (version < 0) {
            throw new LinkFormatException(word + " without its version");
        }
        return new LinkMessage(word, version, fields);
    }

    private static int version(String word, String key, String value) throws LinkFormatException {
        if (!key.equals(VERSION_KEY) || value.isEmpty() || value.length() > 6 || !isDigits(value)) {
            throw new LinkFormatException(word + " whose first field is not its version");
        }
        return Integer.parseInt(value);
    }

    private static boolean isDigits(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static void requireName(String what, String name) {
        if (!isName(name, 0, name.length())) {
            throw new IllegalArgumentException(
                    what + ": '" + name + "' (expected: a letter, then letters, digits, . _ -)");
        }
    }

    private static boolean isName(String text, int from, int to) {
        if (to <= from || to - from > NAME_CHARS_MAX || !isLetter(text.charAt(from))) {
            return false;
        }
        for (int i = from + 1; i < to; i++) {
            char c = text.charAt(i);
            if (!isLetter(c) && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static void escape(String value, StringBuilder text) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c == '%' || c == 0x7f) {
                text.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            } else {
                text.append(c);
            }
        }
    }

    private static String unescape(String word, String text, int from, int to)
            throws LinkFormatException {
        StringBuilder value = new StringBuilder(to - from);
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c != '%') {
                value.append(c);
                continue;
            }
            int high = digit(text, i + 1, to);
            int low = digit(text, i + 2, to);
            int code = high << 4 | low;
            if (high < 0 || low < 0 || code > 0x7f) {
                throw new LinkFormatException(word + " with a broken percent sign");
            }
            value.append((char) code);
            i += 2;
        }
        return value.toString();
    }

    private static int digit(String text, int at, int to) {
        return at < to ? Character.digit(text.charAt(at), 16) : -1;
    }
}
