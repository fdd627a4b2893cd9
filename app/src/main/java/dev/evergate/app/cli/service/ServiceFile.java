package dev.evergate.app.cli.service;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A file that makes a service.
 *
 * @param text whole, with its {@link Stamp}
 */
public record ServiceFile(Path path, String text, Charset charset) {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    static ServiceFile of(Path path, String text) {
        return new ServiceFile(path, text, StandardCharsets.UTF_8);
    }

    /** As it lies on the disk. */
    byte[] bytes() {
        return charset.equals(StandardCharsets.UTF_8)
                ? text.getBytes(charset)
                : (BYTE_ORDER_MARK + text).getBytes(charset);
    }

    /** The text of a file that somebody else may have written since. */
    static String decode(byte[] bytes) {
        boolean isWide = bytes.length >= 2 && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE;
        return isWide
                ? new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16LE)
                : new String(bytes, StandardCharsets.UTF_8);
    }
}
