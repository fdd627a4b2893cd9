package dev.evergate.server.openai;

import dev.evergate.core.gateway.RunEnd;
import dev.evergate.server.exchange.EventSource;
import dev.evergate.server.exchange.HttpAnswer;

import java.util.Optional;

/**
 * The pieces of one answer, made when they can be sent. Thread-safe: words come from the run, and
 * are taken by the loop of the connection.
 */
final class CompletionStream implements EventSource {
    private static final int PIECE_CHARS_MAX = 16_384;
    private static final String ANEW = "The answer was begun anew; ask again to get it whole.";

    private final CompletionShapes shapes;
    private final boolean wantsUsage;
    private String text = "";
    private int sentChars;
    private boolean hasBegun;
    private boolean isOver;
    private Optional<String> ending = Optional.empty();
    private Runnable wake = () -> {};

    CompletionStream(CompletionShapes shapes, boolean wantsUsage) {
        this.shapes = shapes;
        this.wantsUsage = wantsUsage;
    }

    /**
     * @param toldOfMore is run when there is something to send
     */
    void begin(Runnable toldOfMore) {
        synchronized (this) {
            wake = toldOfMore;
        }
        toldOfMore.run();
    }

    /**
     * @param whole everything that has been said
     * @param isAnew whether it need not begin with what was said before
     */
    void say(String whole, boolean isAnew) {
        change(
                () -> {
                    if (isAnew && !whole.startsWith(text.substring(0, sentChars))) {
                        ending = Optional.of(error(ANEW));
                    } else if (ending.isEmpty()) {
                        text = whole;
                    }
                });
    }

    void end(RunEnd end) {
        change(
                () -> {
                    Optional<String> fault = CompletionShapes.fault(end);
                    if (fault.isEmpty() && ending.isEmpty()) {
                        text = end.text(); // the last words may not have been heard
                    }
                    String last = fault.map(this::error).orElseGet(() -> good(end));
                    ending = ending.or(() -> Optional.of(last));
                });
    }

    void fail(String message) {
        change(() -> ending = ending.or(() -> Optional.of(error(message))));
    }

    private void change(Runnable change) {
        Runnable told;
        synchronized (this) {
            change.run();
            told = wake;
        }
        told.run();
    }

    @Override
    public synchronized Optional<String> next() {
        if (isOver) {
            return Optional.empty();
        }
        if (!hasBegun) {
            hasBegun = true;
            return Optional.of(shapes.role());
        }
        int end = Math.min(text.length(), sentChars + PIECE_CHARS_MAX);
        if (end > sentChars && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--; // its other half may be on the way
        }
        if (end > sentChars) {
            String piece = text.substring(sentChars, end);
            sentChars = end;
            return Optional.of(shapes.content(piece));
        }
        isOver = ending.isPresent();
        return ending;
    }

    @Override
    public synchronized boolean isOver() {
        return isOver;
    }

    @Override
    public String farewell() {
        return error("The gateway is shutting down; ask again in a moment.");
    }

    private String good(RunEnd end) {
        return shapes.last(end) + (wantsUsage ? shapes.usage(end) : "") + CompletionShapes.DONE;
    }

    private String error(String message) {
        return "data: " + HttpAnswer.errorBody(CompletionShapes.ERROR, message) + "\n\n";
    }
}
