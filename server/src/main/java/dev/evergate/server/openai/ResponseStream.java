package dev.evergate.server.openai;

import dev.evergate.api.Part.ToolCall;
import dev.evergate.core.gateway.RunEnd;

import java.util.Optional;

/** The events of one response, numbered in the order in which they are sent. */
final class ResponseStream extends AnswerStream {
    private final ResponseShapes shapes;
    private int number;
    private boolean hasItem;

    ResponseStream(ResponseShapes shapes) {
        this.shapes = shapes;
    }

    @Override
    String opening() {
        return shapes.begun("response.created", number++)
                + shapes.begun("response.in_progress", number++);
    }

    @Override
    String piece(String words) {
        return item() + shapes.delta(number++, words);
    }

    @Override
    String good(RunEnd end) {
        var last = new StringBuilder();
        if (ResponseShapes.hasWords(end)) {
            last.append(item())
                    .append(shapes.textDone(number++, end.text()))
                    .append(shapes.partDone(number++, end.text()))
                    .append(shapes.itemDone(number++, end));
        }
        int index = hasItem ? 1 : 0;
        for (ToolCall call : end.content().toolCalls()) {
            last.append(shapes.callAdded(number++, index, call))
                    .append(shapes.argumentsDelta(number++, index, call))
                    .append(shapes.argumentsDone(number++, index, call))
                    .append(shapes.callDone(number++, index, call));
            index++;
        }
        String type = ResponseShapes.isCut(end) ? "response.incomplete" : "response.completed";
        return last.append(shapes.over(type, number++, end)).append(DONE).toString();
    }

    @Override
    String bad(String message) {
        Optional<String> said = hasItem ? Optional.of(sent()) : Optional.empty();
        return shapes.failed(number++, said, message) + DONE;
    }

    /** The beginning of the item with the words, unless it has been sent. */
    private String item() {
        if (hasItem) {
            return "";
        }
        hasItem = true;
        return shapes.itemAdded(number++) + shapes.partAdded(number++);
    }
}
