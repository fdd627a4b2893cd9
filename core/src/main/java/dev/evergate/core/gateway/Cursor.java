package dev.evergate.core.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Where a client's copy of a transcript ends: opaque to clients, base64url of {@code
 * {"sessionId":…,"lastSeq":…,"version":1}} (protocol page, section 9.4).
 */
record Cursor(String sessionId, long lastSeq) {
    String encoded() {
        String json =
                "{\"sessionId\":\"%s\",\"lastSeq\":%d,\"version\":1}".formatted(sessionId, lastSeq);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Empty if the text is not a cursor of ours: the client then starts anew. */
    static Optional<Cursor> decode(String text) {
        try {
            String json = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            String[] parts = json.split("\"", -1);
            // {"sessionId":"S","lastSeq":N,"version":1}
            if (parts.length != 9 || !parts[1].equals("sessionId") || !parts[5].equals("lastSeq")) {
                return Optional.empty();
            }
            String number = parts[6].substring(1, parts[6].length() - 1);
            var cursor = new Cursor(parts[3], Long.parseLong(number));
            return cursor.encoded().equals(text) ? Optional.of(cursor) : Optional.empty();
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException _) {
            return Optional.empty();
        }
    }
}
