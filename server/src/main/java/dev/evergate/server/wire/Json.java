package dev.evergate.server.wire;

import dev.evergate.server.ws.Utf8;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes JSON as UTF-8 bytes. Thread-safe. */
public final class Json {
    /** Deeper input is refused (S19). */
    private static final int DEPTH_MAX = 64;

    /**
     * Values and names in one text. More is not meant by anybody, and each costs a hundred bytes.
     */
    private static final int TOKENS_MAX = 100_000;

    /** The longest string a client can send is a whole frame. */
    private static final int STRING_CHARS_MAX = 26_214_400;

    private final JsonMapper mapper =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    // Places in a text are bytes, and JSON is UTF-8 (RFC 8259
                                    // section 8.1).
                                    .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEPTH_MAX)
                                                    .maxStringLength(STRING_CHARS_MAX)
                                                    .maxTokenCount(TOKENS_MAX)
                                                    .build())
                                    .build())
                    .build();

    /** Something that can be written as one JSON value. */
    public interface Body {
        void write(JsonGenerator out);
    }

    /** The value as bytes. */
    public byte[] encode(Body body) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(512)) {
            try (JsonGenerator out = mapper.createGenerator(bytes, JsonEncoding.UTF8)) {
                body.write(out);
            }
            return bytes.toByteArray();
        }
    }

    /**
     * Reads one value.
     *
     * @throws tools.jackson.core.JacksonException if it is not JSON
     */
    public JsonNode parse(JsonText text) {
        requireUtf8(text.array(), text.start(), text.length());
        return mapper.readTree(text.array(), text.start(), text.length());
    }

    JsonParser parser(byte[] text, int length) {
        requireUtf8(text, 0, length);
        return mapper.createParser(text, 0, length);
    }

    /** The parser itself takes other ways to write a character, and passes over what it skips. */
    private static void requireUtf8(byte[] text, int start, int length) {
        if (!Utf8.isValid(text, start, length)) {
            throw new NotUtf8();
        }
    }

    private static final class NotUtf8 extends JacksonException {
        private static final long serialVersionUID = 1;

        NotUtf8() {
            super("it is not UTF-8");
        }

        @Override
        public Object processor() {
            return this;
        }
    }
}
