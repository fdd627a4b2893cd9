package dev.evergate.plugins.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.testkit.time.SimWorld;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class SseReaderTest {
    private static final String STREAM =
            """
            \uFEFFdata: first

            : a comment
            event: greeting
            id: 7
            retry: 100
            unknown: field
            data: Grüße 🌍
            data:second line
            data

            event: without data

            data:  one space kept

            data: unfinished""";

    private static final List<ServerEvent> EVENTS =
            List.of(
                    new ServerEvent("", "first"),
                    new ServerEvent("greeting", "Grüße 🌍\nsecond line\n"),
                    new ServerEvent("", " one space kept"),
                    new ServerEvent("", "unfinished"));

    @Test
    void readsTheSameEventsWhateverEndsALine() throws IOException {
        for (String lineEnd : List.of("\n", "\r\n", "\r")) {
            byte[] bytes = STREAM.replace("\n", lineEnd).getBytes(StandardCharsets.UTF_8);

            assertThat(read(List.of(bytes))).isEqualTo(EVENTS);
        }
    }

    @Test
    void readsTheSameEventsWhereverTheStreamIsSplitInTwo() throws IOException {
        for (String lineEnd : List.of("\n", "\r\n", "\r")) {
            byte[] bytes = STREAM.replace("\n", lineEnd).getBytes(StandardCharsets.UTF_8);
            for (int at = 0; at <= bytes.length; at++) {
                List<byte[]> pieces =
                        List.of(
                                Arrays.copyOfRange(bytes, 0, at),
                                Arrays.copyOfRange(bytes, at, bytes.length));

                assertThat(read(pieces)).as("split at %d", at).isEqualTo(EVENTS);
            }
        }
    }

    @Test
    void readsTheSameEventsByteByByte() throws IOException {
        List<byte[]> pieces = new ArrayList<>();
        for (byte each : STREAM.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8)) {
            pieces.add(new byte[] {each});
        }

        assertThat(read(pieces)).isEqualTo(EVENTS);
    }

    @Test
    void readsTheSameEventsInRandomPiecesWithRandomLineEnds() {
        SimWorld.explore(
                300,
                world -> {
                    byte[] bytes = withRandomLineEnds(world).getBytes(StandardCharsets.UTF_8);
                    List<byte[]> pieces = new ArrayList<>();
                    for (int at = 0; at < bytes.length; ) {
                        int end = Math.min(bytes.length, at + 1 + below(world, 12));
                        pieces.add(Arrays.copyOfRange(bytes, at, end));
                        at = end;
                    }
                    assertThat(readUnchecked(pieces)).isEqualTo(EVENTS);
                });
    }

    @Test
    void keepsNothingOfCommentsHoweverLongTheyGoOn() throws IOException {
        SseReader reader = new SseReader();
        byte[] comment = (":" + "x".repeat(999) + "\n").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 10_000; i++) {
            assertThat(reader.feed(ByteBuffer.wrap(comment))).isEmpty();
        }

        assertThat(reader.end()).isEmpty();
    }

    @Test
    void refusesAnEventWithoutEnd() {
        SseReader reader = new SseReader();
        byte[] more = ("data:" + "x".repeat(100_000) + "\n").getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 100; i++) {
                                assertThat(reader.feed(ByteBuffer.wrap(more))).isEmpty();
                            }
                        })
                .isInstanceOf(IOException.class);
    }

    private static String withRandomLineEnds(SimWorld world) {
        StringBuilder stream = new StringBuilder();
        for (String line : STREAM.split("\n", -1)) {
            boolean afterCarriageReturn =
                    !stream.isEmpty() && stream.charAt(stream.length() - 1) == '\r';
            List<String> ends = List.of("\r", "\r\n", "\n");
            // A lone LF right after a lone CR would not be a line end of its own.
            boolean blank = line.isEmpty() && afterCarriageReturn;
            stream.append(line).append(ends.get(below(world, blank ? 2 : 3)));
        }
        return stream.toString();
    }

    private static int below(SimWorld world, int bound) {
        return (int) (world.entropy().fraction() * bound);
    }

    private static List<ServerEvent> readUnchecked(List<byte[]> pieces) {
        try {
            return read(pieces);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<ServerEvent> read(List<byte[]> pieces) throws IOException {
        SseReader reader = new SseReader();
        List<ServerEvent> events = new ArrayList<>();
        for (byte[] piece : pieces) {
            events.addAll(reader.feed(ByteBuffer.wrap(piece)));
        }
        events.addAll(reader.end());
        return events;
    }
}
