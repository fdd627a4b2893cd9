package dev.evergate.server.ws;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a decoder reports. */
final class SeenFrames implements FrameSink {
    final List<String> seen = new ArrayList<>();

    @Override
    public void message(byte[] payload, int length, boolean borrowed) {
        String text =
                length > 200
                        ? length + " bytes, " + java.util.Arrays.hashCode(copy(payload, length))
                        : new String(payload, 0, length, StandardCharsets.UTF_8);
        seen.add("message " + text);
    }

    private static byte[] copy(byte[] payload, int length) {
        return java.util.Arrays.copyOf(payload, length);
    }

    @Override
    public void ping(byte[] payload, int length) {
        seen.add("ping " + new String(payload, 0, length, StandardCharsets.UTF_8));
    }

    @Override
    public void pong() {
        seen.add("pong");
    }

    @Override
    public void closed(int code) {
        seen.add("closed " + code);
    }

    @Override
    public void violated(CloseCode code) {
        seen.add("violated " + code.value());
    }

    @Override
    public void held(boolean waiting) {
        seen.add(waiting ? "held" : "resumed");
    }

    @Override
    public void heard() {}

    @Override
    public void readComplete() {}

    @Override
    public void gone() {
        seen.add("gone");
    }
}
