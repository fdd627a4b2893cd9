package dev.evergate.server.wire;

import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes JSON as UTF-8 bytes. Thread-safe. */
public final class Json {
    /** Deeper input is refused (S19). */
    private static final int DEPTH_MAX = 64;

    /** The longest string a client can send is a whole frame. */
    private static final int STRING_CHARS_MAX = 26_214_400;

    private final JsonMapper mapper =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEPTH_MAX)
                                                    .maxStringLength(STRING_CHARS_MAX)
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
        return mapper.readTree(text.array(), text.start(), text.length());
    }

    JsonParser parser(byte[] text, int length) {
        return mapper.createParser(text, 0, length);
    }
}
