package dev.evergate.server.wire;

import dev.evergate.fuzz.Input;
import dev.evergate.fuzz.Target;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The envelope of a message, read in one pass, says what the whole message read as a tree says; and
 * whatever came as parameters can be read.
 */
public final class EnvelopeTarget implements Target {
    private final Json json = new Json();

    @Override
    public List<byte[]> seeds() {
        return List.of(
                Input.utf8(
                        "{\"type\":\"req\",\"id\":\"1\",\"method\":\"health\",\"params\":{\"a\":1}}"),
                Input.utf8(
                        "{\"id\":\"\\u00e4\",\"params\":[[],{}],\"method\":\"x\",\"type\":\"req\"} "),
                Input.utf8(
                        "{\"type\":\"req\",\"id\":\"1\",\"id\":2,\"method\":\"\",\"params\":1e9}"),
                Input.utf8("{\"type\":\"res\",\"id\":\"\\ud800\",\"payload\":-0.5E-7}"),
                Input.utf8("[" + "[".repeat(70)),
                Input.utf8(
                        "{\"type\":\"req\",\"id\":\"1\",\"method\":\"m\",\"params\":"
                                + "9".repeat(99)
                                + "}"),
                "{\"type\":\"req\",\"id\":\"1\",\"method\":\"m\",\"params\":{}}"
                        .getBytes(StandardCharsets.UTF_16LE),
                Input.utf8(" null"));
    }

    @Override
    public void take(byte[] input) {
        switch (RequestFrame.read(json, input, input.length)) {
            case RequestFrame.Garbage _ -> requireGarbage(input);
            case RequestFrame.Malformed(var id, _) ->
                    require(json.parse(id).isString(), "the id of an answer is no text");
            case RequestFrame.Request request ->
                    requireSame(request, json.parse(JsonText.of(input)));
        }
    }

    private void requireGarbage(byte[] input) {
        try {
            JsonNode tree = json.parse(JsonText.of(input));
            require(tree.isMissingNode(), "it can be read: " + tree);
        } catch (JacksonException notJson) {
            // as was said
        }
    }

    private void requireSame(RequestFrame.Request request, JsonNode tree) {
        require(tree.path("type").asString("").equals("req"), "it is no request");
        require(json.parse(request.id()).equals(tree.path("id")), "it has another id");
        require(!request.method().isEmpty(), "its method has no name");
        require(request.method().equals(tree.path("method").asString("")), "another method");
        require(request.params().isEmpty() != tree.has("params"), "parameters from nowhere");
        if (tree.has("params")) {
            JsonNode params = json.parse(request.params());
            require(params.equals(tree.path("params")), "other parameters");
        }
    }

    private static void require(boolean isSo, String otherwise) {
        if (!isSo) {
            throw new AssertionError(otherwise);
        }
    }

    @Override
    public int bytesPerByte() {
        return 512;
    }
}
