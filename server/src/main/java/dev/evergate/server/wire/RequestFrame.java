package dev.evergate.server.wire;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client's message turned out to be. The envelope is read in one pass without a tree;
 * parameters stay bytes until a method asks for them.
 */
public sealed interface RequestFrame {
    /**
     * A request.
     *
     * @param id as it was sent, quotes included, so that it is echoed byte for byte
     * @param method not empty
     * @param params a stretch of the message; empty if there are none
     */
    record Request(JsonText id, String method, JsonText params) implements RequestFrame {}

    /**
     * JSON, but not a request.
     *
     * @param id to answer to
     * @param problem for people
     */
    record Malformed(JsonText id, String problem) implements RequestFrame {}

    /** Not JSON. */
    record Garbage() implements RequestFrame {}

    /** Reads the first {@code length} bytes of {@code message}. */
    static RequestFrame read(Json json, byte[] message, int length) {
        try (JsonParser parser = json.parser(message, length)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return new Garbage();
            }
            if (first != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return parser.nextToken() == null
                        ? new Malformed(Reader.UNKNOWN_ID, "at root: must be object")
                        : new Garbage();
            }
            Reader reader = new Reader(message);
            reader.read(parser);
            return parser.nextToken() == null ? reader.result() : new Garbage();
        } catch (JacksonException notJson) {
            return new Garbage();
        }
    }

    /** Collects the fields of one envelope. */
    final class Reader {
        private static final JsonText UNKNOWN_ID =
                JsonText.of("\"invalid\"".getBytes(StandardCharsets.US_ASCII));

        private final byte[] message;
        private final List<String> problems = new ArrayList<>(0);
        private @Nullable JsonText id;
        private @Nullable String method;
        private boolean hasId;
        private boolean hasMethod;
        private boolean isTyped;
        private JsonText params = JsonText.EMPTY;

        private Reader(byte[] message) {
            this.message = message;
        }

        private void read(JsonParser parser) {
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "type" -> readType(parser, value);
                    case "id" -> readId(parser, value);
                    case "method" -> readMethod(parser, value);
                    case "params" -> readParams(parser);
                    default -> parser.skipChildren();
                }
            }
        }

        private void readType(JsonParser parser, JsonToken value) {
            isTyped = true;
            if (value != JsonToken.VALUE_STRING || !parser.getString().equals("req")) {
                parser.skipChildren();
                problems.add("at /type: must be equal to constant");
            }
        }

        private void readId(JsonParser parser, JsonToken value) {
            hasId = true;
            int start = (int) parser.currentTokenLocation().getByteOffset();
            if (value != JsonToken.VALUE_STRING) {
                parser.skipChildren();
                problems.add("at /id: must be string");
                return;
            }
            if (parser.getStringLength() == 0) {
                problems.add("at /id: must not have fewer than 1 characters");
                return;
            }
            parser.finishToken();
            int end = (int) parser.currentLocation().getByteOffset();
            id = new JsonText(message, start, end).detached();
        }

        private void readMethod(JsonParser parser, JsonToken value) {
            hasMethod = true;
            if (value != JsonToken.VALUE_STRING) {
                parser.skipChildren();
                problems.add("at /method: must be string");
                return;
            }
            method = parser.getString();
            if (method.isEmpty()) {
                problems.add("at /method: must not have fewer than 1 characters");
            }
        }

        private void readParams(JsonParser parser) {
            int start = (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            parser.finishToken();
            int end = (int) parser.currentLocation().getByteOffset();
            params = new JsonText(message, start, end);
        }

        private RequestFrame result() {
            JsonText knownId = id;
            String knownMethod = method;
            if (isTyped && problems.isEmpty() && knownId != null && knownMethod != null) {
                return new Request(knownId, knownMethod, params);
            }
            List<String> all = new ArrayList<>();
            if (!isTyped) {
                all.add("must have required property 'type'");
            } else if (!hasId) {
                all.add("must have required property 'id'");
            } else if (!hasMethod) {
                all.add("must have required property 'method'");
            }
            all.addAll(problems);
            return new Malformed(knownId == null ? UNKNOWN_ID : knownId, String.join("; ", all));
        }
    }
}
