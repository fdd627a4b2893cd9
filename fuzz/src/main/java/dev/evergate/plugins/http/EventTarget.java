package dev.evergate.plugins.http;

import dev.evergate.fuzz.Input;
import dev.evergate.fuzz.Target;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A stream of events, cut anywhere, has the events that its lines say. */
public final class EventTarget implements Target {
    @Override
    public List<byte[]> seeds() {
        return List.of(
                Input.of(new int[] {0}, Input.utf8("data: {\"a\":1}\n\ndata: [DONE]\n\n")),
                Input.of(new int[] {9}, Input.utf8("\uFEFFevent: x\r\ndata: 1\r\ndata:2\r\n\r\n")),
                Input.of(
                        new int[] {3}, Input.utf8(": comment\rdata\r\rretry: 5\nid: 7\ndata: \n")));
    }

    @Override
    public void take(byte[] input) throws IOException {
        Input in = new Input(input);
        int cuts = in.choice();
        byte[] stream = in.rest();
        SseReader reader = new SseReader();
        List<ServerEvent> events = new ArrayList<>();
        for (byte[] piece : Input.pieces(stream, cuts)) {
            events.addAll(reader.feed(ByteBuffer.wrap(piece)));
        }
        events.addAll(reader.end());
        List<ServerEvent> expected = expected(new String(stream, StandardCharsets.UTF_8));
        if (!events.equals(expected)) {
            throw new AssertionError("it read %s (expected: %s)".formatted(events, expected));
        }
    }

    /** Of the whole text, line by line, as the HTML standard has it. */
    private static List<ServerEvent> expected(String text) {
        List<ServerEvent> events = new ArrayList<>();
        List<String> data = new ArrayList<>();
        String name = "";
        String whole = text.startsWith("\uFEFF") ? text.substring(1) : text;
        for (String line : (whole + "\n\n").split("\r\n|\r|\n", -1)) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    events.add(new ServerEvent(name, String.join("\n", data)));
                }
                data.clear();
                name = "";
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1).replaceFirst("^ ", "");
            if (field.equals("data")) {
                data.add(value);
            } else if (field.equals("event")) {
                name = value;
            }
        }
        return events;
    }
}
