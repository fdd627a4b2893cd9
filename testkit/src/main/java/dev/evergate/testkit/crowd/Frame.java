package dev.evergate.testkit.crowd;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The parts of one text frame that a crowd looks at (protocol v4 "Frames", "Chat and agent runs").
 * Texts are empty and numbers 0 where the frame has none.
 */
final class Frame {
    private static final JsonFactory JSON = new JsonFactory();

    String type = "";
    String id = "";
    String event = "";
    boolean isOk;
    boolean isRetryable;
    String errorCode = "";
    String errorMessage = "";
    long seq;
    String status = "";
    String runId = "";
    String sessionKey = "";
    long runSeq;
    String state = "";
    String stream = "";
    String phase = "";
    String delta = "";
    boolean isReplacing;

    /** The cumulative text of a run, the text of a row, or what a run ended with. */
    String text = "";

    String role = "";
    long position;

    private Frame() {}

    /** One that says nothing. */
    static Frame none() {
        return new Frame();
    }

    /** Reads a whole frame; an exception means that it is no JSON object. */
    static Frame read(byte[] bytes, int from, int length) {
        Frame frame = new Frame();
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), bytes, from, length)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("no object");
            }
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = in.currentName();
                in.nextToken();
                frame.top(in, name);
            }
            if (in.currentToken() != JsonToken.END_OBJECT) {
                throw new IllegalArgumentException("no end");
            }
        }
        return frame;
    }

    private void top(JsonParser in, String name) {
        switch (name) {
            case "type" -> type = in.getString();
            case "id" -> id = in.getString();
            case "event" -> event = in.getString();
            case "ok" -> isOk = in.getBooleanValue();
            case "seq" -> seq = in.getLongValue();
            case "payload" -> object(in, this::payload);
            case "error" -> object(in, this::error);
            default -> in.skipChildren();
        }
    }

    private void payload(JsonParser in, String name) {
        switch (name) {
            case "runId" -> runId = in.getString();
            case "sessionKey" -> sessionKey = in.getString();
            case "status" -> status = text(in);
            case "seq" -> runSeq = in.getLongValue();
            case "state" -> state = text(in);
            case "stream" -> stream = in.getString();
            case "deltaText" -> delta = in.getString();
            case "replace" -> isReplacing = in.getBooleanValue();
            case "messageSeq" -> position = in.getLongValue();
            case "data" -> object(in, this::data);
            case "message" -> object(in, this::message);
            default -> in.skipChildren();
        }
    }

    private void data(JsonParser in, String name) {
        switch (name) {
            case "phase" -> phase = in.getString();
            case "text" -> text = in.getString();
            case "delta" -> delta = in.getString();
            case "replace" -> isReplacing = in.getBooleanValue();
            default -> in.skipChildren();
        }
    }

    private void message(JsonParser in, String name) {
        switch (name) {
            case "role" -> role = in.getString();
            case "content" -> content(in);
            default -> in.skipChildren();
        }
    }

    /** Text, or blocks of which those of type text count. */
    private void content(JsonParser in) {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            text = text(in);
            return;
        }
        while (in.nextToken() == JsonToken.START_OBJECT) {
            object(
                    in,
                    (block, name) -> {
                        if (name.equals("text")) {
                            text += block.getString();
                        } else {
                            block.skipChildren();
                        }
                    });
        }
    }

    private void error(JsonParser in, String name) {
        switch (name) {
            case "code" -> errorCode = in.getString();
            case "message" -> errorMessage = in.getString();
            case "retryable" -> isRetryable = in.getBooleanValue();
            default -> in.skipChildren();
        }
    }

    private interface Property {
        void read(JsonParser in, String name);
    }

    private static void object(JsonParser in, Property property) {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = in.currentName();
            in.nextToken();
            property.read(in, name);
        }
    }

    private static String text(JsonParser in) {
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            return in.getString();
        }
        in.skipChildren();
        return "";
    }

    boolean isAnswer() {
        return type.equals("res");
    }

    /** Whether a run's chat ends with this. */
    boolean isTerminal() {
        return event.equals("chat")
                && (state.equals("final") || state.equals("error") || state.equals("aborted"));
    }
}
