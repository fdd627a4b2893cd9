package dev.evergate.server.openai;

import dev.evergate.core.gateway.RunEnd;
import dev.evergate.server.exchange.HttpAnswer;

/** The chunks of one chat completion. */
final class CompletionStream extends AnswerStream {
    private final CompletionShapes shapes;

    CompletionStream(CompletionShapes shapes) {
        this.shapes = shapes;
    }

    @Override
    String opening() {
        return shapes.role();
    }

    @Override
    String piece(String words) {
        return shapes.content(words);
    }

    @Override
    String good(RunEnd end) {
        return shapes.calls(end)
                + shapes.last(end)
                + (shapes.wantsUsage() ? shapes.usage(end) : "")
                + DONE;
    }

    @Override
    String bad(String message) {
        return "data: " + HttpAnswer.errorBody(CompletionShapes.ERROR, message) + "\n\n";
    }
}
