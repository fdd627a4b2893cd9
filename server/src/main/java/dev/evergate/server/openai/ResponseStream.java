package dev.evergate.server.openai;

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
        String opened = item();
        String last = ResponseShapes.isCut(end) ? "response.incomplete" : "response.completed";
        return opened
                + shapes.textDone(number++, end.text())
                + shapes.partDone(number++, end.text())
                + shapes.itemDone(number++, end)
                + shapes.over(last, number++, end)
                + DONE;
    }

    @Override
    String bad(String message) {
        Optional<String> said = hasItem ? Optional.of(sent()) : Optional.empty();
        return shapes.failed(number++, said, message) + DONE;
    }

    /** The beginning of the only item, unless it has been sent. */
    private String item() {
        if (hasItem) {
            return "";
        }
        hasItem = true;
        return shapes.itemAdded(number++) + shapes.partAdded(number++);
    }
}
