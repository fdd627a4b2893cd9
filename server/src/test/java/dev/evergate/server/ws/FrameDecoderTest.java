package dev.evergate.server.ws;

import static dev.evergate.testkit.net.RawClient.frame;
import static dev.evergate.testkit.net.RawClient.frameHeader;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

class FrameDecoderTest {
    private static final int LIMIT = 1 << 20;

    private final FrameBudget budget = new FrameBudget(4L << 20);
    private final SeenFrames sink = new SeenFrames();
    private final EmbeddedChannel channel = channel(sink, LIMIT);

    private EmbeddedChannel channel(SeenFrames to, int limit) {
        return new EmbeddedChannel(new FrameDecoder(to, budget, new Scratch(), limit));
    }

    private static byte[] text(String text) {
        return frame(true, 1, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A stream with every kind of frame a peer may send. */
    private static byte[] stream() {
        return join(
                text("{\"a\":1}"),
                text(""),
                frame(true, 9, utf8("are you there?")),
                frame(false, 1, utf8("über")),
                frame(true, 10, new byte[0]),
                frame(false, 0, new byte[0]),
                frame(true, 0, utf8("morgen €")),
                frame(true, 2, utf8("{\"binary\":true}")),
                text("x".repeat(130)),
                frame(true, 8, join(new byte[] {3, (byte) 0xe8}, utf8("bye"))));
    }

    private static final List<String> STREAM_SEEN =
            List.of(
                    "message {\"a\":1}",
                    "message ",
                    "ping are you there?",
                    "pong",
                    "message übermorgen €",
                    "message {\"binary\":true}",
                    "message " + "x".repeat(130),
                    "closed 1000");

    @Test
    void reportsEveryKindOfFrame() {
        channel.writeInbound(Unpooled.wrappedBuffer(stream()));

        assertThat(sink.seen).isEqualTo(STREAM_SEEN);
    }

    @Test
    void reportsTheSameWhereverTheStreamIsCut() {
        byte[] stream = stream();
        for (int cut = 0; cut <= stream.length; cut++) {
            SeenFrames seen = new SeenFrames();
            EmbeddedChannel one = channel(seen, LIMIT);
            one.writeInbound(Unpooled.copiedBuffer(stream, 0, cut));
            one.writeInbound(Unpooled.copiedBuffer(stream, cut, stream.length - cut));
            assertThat(seen.seen).as("cut at %d", cut).isEqualTo(STREAM_SEEN);
        }
    }

    @Test
    void reportsTheSameByteByByte() {
        for (byte b : stream()) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
        }

        assertThat(sink.seen).isEqualTo(STREAM_SEEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {125, 126, 127, 65_535, 65_536, 65_537, 200_000})
    void readsAllThreeLengthForms(int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) 'y');

        channel.writeInbound(Unpooled.wrappedBuffer(frame(true, 1, payload)));

        String seen =
                length > 200 ? length + " bytes, " + Arrays.hashCode(payload) : "y".repeat(length);
        assertThat(sink.seen).containsExactly("message " + seen);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a reserved bit, c180aabbccdd00, 1002",
        "an unknown data opcode, 8380aabbccdd, 1002",
        "an unknown control opcode, 8b80aabbccdd, 1002",
        "no mask, 810100, 1002",
        "a fragmented ping, 0980aabbccdd, 1002",
        "a long ping, 89fe0080aabbccdd, 1002",
        "a continuation of nothing, 8080aabbccdd, 1002",
        "a message inside a message, 0180aabbccdd8180aabbccdd, 1002",
        "a close frame with half a code, 88810000000003, 1002",
        "a close frame with code 1005, 88820000000003ed, 1002",
        "a close frame with code 999, 88820000000003e7, 1002",
        "a close frame with code 1015, 88820000000003f7, 1002",
        "a close reason that is not UTF-8, 88830000000003e8ff, 1007",
        "text that is not UTF-8, 818200000000c328, 1007",
        "an overlong character, 818200000000c080, 1007",
        "half a character at the end, 818100000000c3, 1007",
        "a surrogate, 818300000000eda080, 1007",
        "a frame above the limit, 81ff0000000000100001aabbccdd, 1009",
        "a length above 63 bits, 81ff8000000000000000aabbccdd, 1009",
    })
    @Tag("K1")
    void refusesWhatBreaksTheRules(String what, String hex, int code) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
        channel.writeInbound(Unpooled.wrappedBuffer(text("ignored")));

        assertThat(sink.seen).as(what).containsExactly("violated " + code);
    }

    @Test
    void acceptsACharacterThatIsCutBetweenFragments() {
        channel.writeInbound(
                Unpooled.wrappedBuffer(
                        join(
                                frame(false, 1, new byte[] {(byte) 0xc3}),
                                frame(true, 0, new byte[] {(byte) 0xbc}))));

        assertThat(sink.seen).containsExactly("message ü");
    }

    @Test
    void refusesAFragmentThatMakesTheMessageTooLong() {
        channel.writeInbound(Unpooled.wrappedBuffer(frame(false, 1, new byte[LIMIT - 10])));
        assertThat(sink.seen).isEmpty();

        channel.writeInbound(Unpooled.wrappedBuffer(frameHeader(0, 11)));

        assertThat(sink.seen).containsExactly("violated 1009");
    }

    @Test
    void keepsNoMoreThanWhatIsUnread() {
        ByteBuf big = Unpooled.buffer(65_536);
        big.writeBytes(text("whole")).writeBytes(frameHeader(1, 100)).writeByte('a');

        channel.writeInbound(big);

        assertThat(sink.seen).containsExactly("message whole");
        assertThat(big.refCnt()).as("the big buffer was let go").isZero();
    }

    @Test
    void makesABigFrameWaitForMemoryAndStopsReading() {
        SeenFrames other = new SeenFrames();
        FrameDecoder greedy = new FrameDecoder(other, budget, new Scratch(), 4 << 20);
        EmbeddedChannel second = new EmbeddedChannel(greedy);
        second.writeInbound(Unpooled.wrappedBuffer(frameHeader(1, 3 << 20)));
        assertThat(budget.freeBytes()).isEqualTo(1 << 20);

        SeenFrames waiting = new SeenFrames();
        EmbeddedChannel third = channel(waiting, 4 << 20);
        third.writeInbound(Unpooled.wrappedBuffer(frameHeader(1, 2 << 20)));
        assertThat(waiting.seen).containsExactly("held");
        assertThat(third.config().isAutoRead()).isFalse();

        var _ = second.close();
        third.runPendingTasks();
        assertThat(waiting.seen).containsExactly("held", "resumed");
        assertThat(third.config().isAutoRead()).isTrue();
        third.writeInbound(Unpooled.wrappedBuffer(masked(new byte[2 << 20])));
        assertThat(waiting.seen).hasSize(3);
        assertThat(budget.freeBytes()).as("everything is given back").isEqualTo(4 << 20);
    }

    private static byte[] masked(byte[] payload) {
        byte[] whole = frame(true, 2, payload);
        byte[] tail = Arrays.copyOfRange(whole, whole.length - payload.length, whole.length);
        return tail;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void readsRandomStreamsInRandomPieces(long seed) {
        Random random = new Random(seed);
        List<String> expected = new ArrayList<>();
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < 200; i++) {
            String text = "m" + i + "é".repeat(random.nextInt(60));
            byte[] payload = utf8(text);
            int parts = 1 + random.nextInt(4);
            int from = 0;
            for (int part = 0; part < parts; part++) {
                boolean isLast = part == parts - 1;
                int to = isLast ? payload.length : from + random.nextInt(payload.length - from + 1);
                stream.writeBytes(
                        frame(isLast, part == 0 ? 1 : 0, Arrays.copyOfRange(payload, from, to)));
                if (!isLast && random.nextBoolean()) {
                    stream.writeBytes(frame(true, 9, utf8("p" + i)));
                    expected.add("ping p" + i);
                }
                from = to;
            }
            expected.add("message " + text);
        }
        byte[] bytes = stream.toByteArray();
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(90));
            channel.writeInbound(Unpooled.copiedBuffer(bytes, at, length));
            at += length;
        }
        assertThat(sink.seen).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    @Tag("K1")
    void survivesGarbageAndLeaksNothing(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            SeenFrames seen = new SeenFrames();
            EmbeddedChannel one = channel(seen, 4096);
            byte[] bytes = random.nextBoolean() ? stream() : new byte[random.nextInt(64)];
            if (bytes.length < 64) {
                random.nextBytes(bytes);
            } else {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            int cut = random.nextInt(bytes.length + 1);
            ByteBuf first = Unpooled.buffer(64).writeBytes(bytes, 0, cut);
            ByteBuf second = Unpooled.buffer(64).writeBytes(bytes, cut, bytes.length - cut);
            one.writeInbound(first, second);
            var _ = one.close();
            assertThat(first.refCnt() + second.refCnt()).as("seed %d/%d", seed, round).isZero();
            assertThat(seen.seen).contains("gone");
        }
    }
}
