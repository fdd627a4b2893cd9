package dev.evergate.server.openai;

import dev.evergate.core.gateway.RunEnd;
import dev.evergate.server.exchange.EventSource;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The pieces of one answer, made when they can be sent. Thread-safe: words come from the run, and
 * are taken by the loop of the connection. What a subclass makes is made under one lock, in the
 * order in which it is sent.
 */
abstract class AnswerStream implements EventSource {
    static final String DONE = "data: [DONE]\n\n";

    private static final int PIECE_CHARS_MAX = 16_384;
    private static final String ANEW = "The answer was begun anew; ask again to get it whole.";

    private String text = "";
    private int sentChars;
    private boolean hasBegun;
    private boolean isOver;
    private Optional<Supplier<String>> ending = Optional.empty();
    private Runnable wake = () -> {};

    /** The first piece. */
    abstract String opening();

    /** The next words. */
    abstract String piece(String words);

    /** The last piece of an answer whose words have all been sent. */
    abstract String good(RunEnd end);

    /** The last piece of one that is not told to its end. */
    abstract String bad(String message);

    /**
     * @param toldOfMore is run when there is something to send
     */
    final void begin(Runnable toldOfMore) {
        synchronized (this) {
            wake = toldOfMore;
        }
        toldOfMore.run();
    }

    /**
     * @param whole everything that has been said
     * @param isAnew whether it need not begin with what was said before
     */
    final void say(String whole, boolean isAnew) {
        change(
                () -> {
                    if (isAnew && !whole.startsWith(text.substring(0, sentChars))) {
                        endWith(() -> bad(ANEW));
                    } else if (ending.isEmpty()) {
                        text = whole;
                    }
                });
    }

    final void end(RunEnd end) {
        change(
                () -> {
                    Optional<String> fault = CompletionShapes.fault(end);
                    if (fault.isEmpty() && ending.isEmpty()) {
                        text = end.text(); // the last words may not have been heard
                    }
                    endWith(
                            fault.<Supplier<String>>map(why -> () -> bad(why))
                                    .orElse(() -> good(end)));
                });
    }

    final void fail(String message) {
        change(() -> endWith(() -> bad(message)));
    }

    /** The first ending holds. */
    private void endWith(Supplier<String> last) {
        ending = ending.or(() -> Optional.of(last));
    }

    private void change(Runnable change) {
        Runnable told;
        synchronized (this) {
            change.run();
            told = wake;
        }
        told.run();
    }

    /** The words that have been sent. For subclasses, under the lock. */
    final String sent() {
        return text.substring(0, sentChars);
    }

    @Override
    public final synchronized Optional<String> next() {
        if (isOver) {
            return Optional.empty();
        }
        if (!hasBegun) {
            hasBegun = true;
            return Optional.of(opening());
        }
        int end = Math.min(text.length(), sentChars + PIECE_CHARS_MAX);
        if (end > sentChars && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--; // its other half may be on the way
        }
        if (end > sentChars) {
            String words = text.substring(sentChars, end);
            sentChars = end;
            return Optional.of(piece(words));
        }
        isOver = ending.isPresent();
        return ending.map(Supplier::get);
    }

    @Override
    public final synchronized boolean isOver() {
        return isOver;
    }

    @Override
    public final synchronized String farewell() {
        return bad("The gateway is shutting down; ask again in a moment.");
    }
}
