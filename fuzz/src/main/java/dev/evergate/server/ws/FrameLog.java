package dev.evergate.server.ws;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes down what a decoder reports, in the words of {@link FrameModel}. Not thread-safe. */
final class FrameLog implements FrameSink {
    private final List<String> events = new ArrayList<>();
    private boolean isOver;

    List<String> events() {
        return events;
    }

    boolean isOver() {
        return isOver;
    }

    static String event(String kind, byte[] payload) {
        return kind + " " + Arrays.toString(payload);
    }

    private void add(String event) {
        if (isOver) {
            throw new AssertionError(event + " after the end: " + events);
        }
        events.add(event);
    }

    @Override
    public void message(byte[] payload, int length, boolean borrowed) {
        add(event("message", Arrays.copyOf(payload, length)));
    }

    @Override
    public void ping(byte[] payload, int length) {
        add(event("ping", Arrays.copyOf(payload, length)));
    }

    @Override
    public void pong() {
        add("pong");
    }

    @Override
    public void closed(int code) {
        add("closed " + code);
        isOver = true;
    }

    @Override
    public void violated(CloseCode code) {
        add("violated " + code.value());
        isOver = true;
    }

    @Override
    public void held(boolean waiting) {
        throw new AssertionError("nothing here is big enough to wait for memory");
    }

    @Override
    public void heard() {
        // told apart from a message by nobody
    }

    @Override
    public void readComplete() {
        // nothing is flushed
    }

    @Override
    public void gone() {
        isOver = true;
    }
}
