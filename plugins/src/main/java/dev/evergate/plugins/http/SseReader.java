package dev.evergate.plugins.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads server-sent events (WHATWG HTML, section 9.2) from bytes that come in pieces of any size.
 * For one thread.
 *
 * <p>Lines end with LF, CRLF or CR; a blank line ends an event; lines beginning with a colon are
 * comments; a byte order mark at the beginning is skipped; {@code id}, {@code retry} and unknown
 * fields are ignored; an event without data is none. Kinder than the standard in one point: what
 * stands unfinished at the end of the stream still counts, for some servers leave out the last
 * blank line.
 */
public final class SseReader {
    /** More for one event is no event stream. */
    private static final int EVENT_BYTES_MAX = 4 << 20;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private final StringBuilder data = new StringBuilder();
    private String name = "";
    private boolean hasData;
    private boolean afterCarriageReturn;
    private boolean firstLine = true;
    private int eventBytes;

    /**
     * Takes the next bytes and returns the events they complete.
     *
     * @throws IOException if one event is larger than 4 MiB
     */
    public List<ServerEvent> feed(ByteBuffer bytes) throws IOException {
        List<ServerEvent> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n' && afterCarriageReturn) {
                afterCarriageReturn = false;
                continue;
            }
            afterCarriageReturn = next == '\r';
            if (next == '\n' || next == '\r') {
                endLine(events);
            } else {
                line.write(next);
                if (++eventBytes > EVENT_BYTES_MAX) {
                    throw new IOException("an event is larger than " + EVENT_BYTES_MAX + " bytes");
                }
            }
        }
        return events;
    }

    /** The stream has ended: returns the event that was not finished, if there is one. */
    public List<ServerEvent> end() {
        List<ServerEvent> events = new ArrayList<>();
        if (line.size() > 0) {
            endLine(events);
        }
        endEvent(events);
        return events;
    }

    private void endLine(List<ServerEvent> events) {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (firstLine && text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        firstLine = false;
        if (text.isEmpty()) {
            endEvent(events);
            return;
        }
        int colon = text.indexOf(':');
        String field = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? "" : text.substring(colon + 1);
        if (value.startsWith(" ")) {
            value = value.substring(1);
        }
        if (field.equals("data")) {
            if (hasData) {
                data.append('\n');
            }
            data.append(value);
            hasData = true;
        } else if (field.equals("event")) {
            name = value;
        }
        if (!hasData) {
            // Comments may go on for ever; nothing of them is kept.
            eventBytes = 0;
        }
    }

    private void endEvent(List<ServerEvent> events) {
        if (hasData) {
            events.add(new ServerEvent(name, data.toString()));
        }
        data.setLength(0);
        hasData = false;
        name = "";
        eventBytes = 0;
    }
}
