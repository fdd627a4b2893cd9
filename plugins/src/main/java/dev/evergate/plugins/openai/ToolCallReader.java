package dev.evergate.plugins.openai;

import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.api.Part.ToolCall;
import dev.evergate.plugins.http.ProviderFaults;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts the tool calls of one answer together from their pieces. For one thread.
 *
 * <p>Kind to what real servers do: no index, no id, the same index for several calls, the name in
 * every piece, a whole call at once, arguments as an object or not at all. What it gives out is
 * whole: a name, and an object as arguments.
 */
final class ToolCallReader {
    /** More arguments than this are a model that does not end. */
    private static final int CHARS_MAX = 1_000_000;

    private static final int CALLS_MAX = 128;
    private static final JsonMapper JSON = new JsonMapper();

    private final ProviderFaults faults;
    private final List<Draft> drafts = new ArrayList<>();
    private int chars;

    ToolCallReader(ProviderFaults faults) {
        this.faults = faults;
    }

    /** A call of which more may come. */
    private static final class Draft {
        private final int index;
        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();

        Draft(int index) {
            this.index = index;
        }
    }

    boolean isEmpty() {
        return drafts.isEmpty();
    }

    /** Reads {@code tool_calls} of a delta or of a whole message. */
    void feed(JsonNode pieces) throws ModelException {
        if (pieces.isArray()) {
            for (JsonNode piece : pieces) {
                if (piece.isObject()) {
                    add(piece);
                }
            }
        }
    }

    private void add(JsonNode piece) throws ModelException {
        JsonNode function = piece.path("function");
        Draft draft = draft(piece);
        if (draft.id.isEmpty()) {
            draft.id = piece.path("id").asString("");
        }
        if (draft.name.isEmpty()) {
            draft.name = function.path("name").asString("");
        }
        JsonNode arguments = function.path("arguments");
        String text = arguments.isObject() ? arguments.toString() : arguments.asString("");
        chars += text.length();
        if (chars > CHARS_MAX || drafts.size() > CALLS_MAX) {
            throw faults.fault(
                    Kind.BROKEN, "it calls tools without end (%d characters)".formatted(chars));
        }
        draft.arguments.append(text);
    }

    /** The call that a piece belongs to, which may be a new one. */
    private Draft draft(JsonNode piece) {
        String id = piece.path("id").asString("");
        boolean isIndexed = piece.path("index").isIntegralNumber();
        int index =
                isIndexed
                        ? piece.path("index").asInt()
                        : id.isEmpty() ? lastIndex() : nextIndex(id);
        Optional<Draft> known =
                drafts.reversed().stream().filter(draft -> draft.index == index).findFirst();
        boolean isAnother =
                known.isPresent()
                        && !id.isEmpty()
                        && !known.get().id.isEmpty()
                        && !known.get().id.equals(id);
        if (known.isPresent() && !isAnother) {
            return known.get();
        }
        var draft = new Draft(index);
        drafts.add(draft);
        return draft;
    }

    private int lastIndex() {
        return drafts.isEmpty() ? 0 : drafts.getLast().index;
    }

    private int nextIndex(String id) {
        return drafts.stream()
                .filter(draft -> draft.id.equals(id))
                .map(draft -> draft.index)
                .findFirst()
                .orElse(drafts.size());
    }

    /**
     * The calls, whole.
     *
     * @param isCut whether the answer was cut: then a call that is not whole is left out
     * @throws ModelException if the model says that it is complete, and one is not
     */
    List<ToolCall> calls(boolean isCut) throws ModelException {
        List<ToolCall> calls = new ArrayList<>();
        for (Draft draft : drafts) {
            String arguments = draft.arguments.isEmpty() ? "{}" : draft.arguments.toString();
            if (!draft.name.isEmpty() && isObject(arguments)) {
                String id = draft.id.isEmpty() ? "call_" + calls.size() : draft.id;
                calls.add(new ToolCall(id, draft.name, arguments));
            } else if (!isCut) {
                throw faults.fault(
                        Kind.BROKEN,
                        "it calls the tool \"%s\" with %s (expected: a name, and a JSON object)"
                                .formatted(faults.quoted(draft.name), faults.quoted(arguments)));
            }
        }
        return calls;
    }

    private static boolean isObject(String text) {
        try {
            return JSON.readTree(text).isObject();
        } catch (JacksonException notWhole) {
            return false;
        }
    }
}
