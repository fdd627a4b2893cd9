package dev.evergate.server.http;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.AsciiString;

/**
 * Reads the requests of a connection. Takes a first line only as RFC 9112 section 3 has it: three
 * words, one space between two of them, nothing in a target that cannot be seen, version 1.0 or
 * 1.1; and one length at most. The codec alone also takes what others read in another way: of
 * several lengths in HTTP/1.0, for example, it keeps the first and forgets the rest.
 */
final class RequestDecoder extends HttpRequestDecoder {
    private static final int LINE_BYTES_MAX = 8192;
    private static final int HEAD_BYTES_MAX = 16_384;

    private int lengths;

    RequestDecoder() {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(LINE_BYTES_MAX)
                        .setMaxHeaderSize(HEAD_BYTES_MAX));
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        for (int at = start; at < start + length; at++) {
            boolean isVisible = line[at] > ' ' && line[at] < 0x7f;
            require(isVisible, "a target with what cannot be seen");
        }
        requireOneSpaceBefore(line, start);
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        String version = super.splitThirdWordInitialLine(line, start, length);
        require(version.equals("HTTP/1.1") || version.equals("HTTP/1.0"), "another version");
        requireOneSpaceBefore(line, start);
        return version;
    }

    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        AsciiString name = super.splitHeaderName(line, start, length);
        if (HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)) {
            lengths++;
        }
        require(lengths <= 1, "more than one length");
        return name;
    }

    private static void requireOneSpaceBefore(byte[] line, int start) {
        boolean isOne = start >= 2 && line[start - 1] == ' ' && line[start - 2] > ' ';
        require(isOne, "words with something else than one space between them");
    }

    /** What is thrown becomes the failure of the message. */
    private static void require(boolean isSo, String otherwise) {
        if (!isSo) {
            throw new IllegalArgumentException("a request with " + otherwise);
        }
    }
}
