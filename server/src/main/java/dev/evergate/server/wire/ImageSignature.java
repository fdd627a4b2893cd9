package dev.evergate.server.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How pictures begin, whatever they are called. Stateless. */
final class ImageSignature {
    private ImageSignature() {}

    /**
     * Whether a file begins as one of this type does (PNG: RFC 2083, section 3.1; JPEG: ITU-T T.81,
     * B.1.1.3; GIF: GIF89a, section 17; WebP: RFC 9649, section 2.4).
     */
    static boolean fits(String type, byte[] bytes) {
        return switch (type) {
            case "image/png" -> holds(bytes, 0, "\211PNG\r\n\032\n");
            case "image/jpeg" -> holds(bytes, 0, "\377\330\377");
            case "image/gif" -> holds(bytes, 0, "GIF87a") || holds(bytes, 0, "GIF89a");
            case "image/webp" -> holds(bytes, 0, "RIFF") && holds(bytes, 8, "WEBP");
            default -> false;
        };
    }

    private static boolean holds(byte[] bytes, int from, String sign) {
        byte[] wanted = sign.getBytes(StandardCharsets.ISO_8859_1);
        return bytes.length >= from + wanted.length
                && Arrays.equals(bytes, from, from + wanted.length, wanted, 0, wanted.length);
    }
}
