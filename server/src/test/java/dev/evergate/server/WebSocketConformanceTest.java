package dev.evergate.server;

import static dev.evergate.server.WebSocketCase.closing;
import static dev.evergate.server.WebSocketCase.named;
import static dev.evergate.server.WebSocketCase.request;
import static dev.evergate.server.WebSocketCase.utf8;

import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * RFC 6455 in several hundred conversations, in the order of the field's known suite: framing,
 * pings, reserved bits, opcodes, fragments, UTF-8, closing, sizes, automatic fragmentation. Each
 * has a connection of its own.
 */
class WebSocketConformanceTest {
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int WHOLE = Integer.MAX_VALUE;
    private static final int BROKEN_RULE = 1002;
    private static final int NOT_UTF8 = 1007;
    private static final byte[] NOTHING = new byte[0];

    private final ConformanceServer server = new ConformanceServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> framing() {
        List<WebSocketCase> cases = new ArrayList<>();
        for (int opcode : new int[] {TEXT, BINARY}) {
            String kind = opcode == TEXT ? "text" : "binary";
            cases.add(named("an empty " + kind).frame(true, opcode, NOTHING).asks("b"));
            for (int bytes : new int[] {63, 125, 126, 127, 128, 65_535, 65_536}) {
                cases.add(
                        named(kind + " of " + bytes + " bytes")
                                .asks("a", opcode, request("a", bytes), WHOLE));
            }
            for (int chunk : new int[] {1, 2, 7, 997}) {
                cases.add(
                        named(kind + " of 4096 bytes, " + chunk + " at a time")
                                .asks("a", opcode, request("a", 4_096), WHOLE)
                                .chopped(chunk));
            }
        }
        cases.add(named("a frame without a mask").bytes(unmasked(TEXT)).fails(BROKEN_RULE));
        cases.add(named("a ping without a mask").bytes(unmasked(PING)).fails(BROKEN_RULE));
        return server.run("1", cases);
    }

    private static byte[] unmasked(int opcode) {
        return new byte[] {(byte) (0x80 | opcode), 2, '{', '}'};
    }

    @TestFactory
    Stream<DynamicTest> pings() {
        byte[] longest = new byte[125];
        Arrays.fill(longest, (byte) 0xfe);
        List<WebSocketCase> cases = new ArrayList<>();
        cases.add(named("an empty ping").pings(NOTHING));
        cases.add(named("a ping with text").pings(utf8("Hello, world!")));
        cases.add(named("a binary ping").pings(new byte[] {0, -1, -2, -3, -4, -5, 0, -1}));
        cases.add(named("the longest ping").pings(longest));
        cases.add(named("a ping that is too long").frame(true, PING, new byte[126]).fails(1002));
        cases.add(named("the longest ping in single bytes").pings(longest).chopped(1));
        cases.add(named("an empty pong").pongs(NOTHING).asks("a"));
        cases.add(named("a pong with text").pongs(utf8("unasked")).asks("a"));
        cases.add(named("a pong, then a ping").pongs(utf8("unasked")).pings(utf8("p")));
        WebSocketCase ten = named("ten pings at once");
        WebSocketCase slow = named("ten pings in single bytes").chopped(1);
        for (int i = 0; i < 10; i++) {
            ten.pings(utf8("payload-" + i));
            slow.pings(utf8("payload-" + i));
        }
        cases.add(ten);
        cases.add(slow);
        return server.run("2", cases);
    }

    @TestFactory
    Stream<DynamicTest> reservedBits() {
        List<WebSocketCase> cases = new ArrayList<>();
        for (int bits = 1; bits <= 7; bits++) {
            for (int opcode : new int[] {0, TEXT, BINARY, CLOSE, PING, 10}) {
                int first = 0x80 | (bits << 4) | opcode;
                WebSocketCase each =
                        named("bits " + bits + " with opcode " + opcode).asks("before");
                if (opcode == 0) {
                    each.frame(false, TEXT, utf8("{"));
                }
                cases.add(each.raw(first, opcode == PING ? utf8("p") : NOTHING).fails(1002));
            }
            cases.add(
                    named("bits " + bits + " in single bytes")
                            .asks("before")
                            .raw(0x80 | (bits << 4) | TEXT, request("a", 0))
                            .fails(1002)
                            .chopped(1));
        }
        return server.run("3", cases);
    }

    @TestFactory
    Stream<DynamicTest> opcodes() {
        List<WebSocketCase> cases = new ArrayList<>();
        IntStream.concat(IntStream.rangeClosed(3, 7), IntStream.rangeClosed(11, 15))
                .forEach(
                        opcode -> {
                            cases.add(
                                    named("opcode " + opcode)
                                            .frame(true, opcode, NOTHING)
                                            .fails(1002));
                            cases.add(
                                    named("opcode " + opcode + " with a payload, after a text")
                                            .asks("a")
                                            .frame(true, opcode, utf8("reserved"))
                                            .pings(NOTHING)
                                            .fails(1002));
                            cases.add(
                                    named("opcode " + opcode + " in single bytes")
                                            .asks("a")
                                            .frame(true, opcode, utf8("reserved"))
                                            .fails(1002)
                                            .chopped(1));
                        });
        return server.run(
                "4", cases.stream().map(WebSocketConformanceTest::withoutLatePong).toList());
    }

    /** Nothing is answered behind a broken rule. */
    private static WebSocketCase withoutLatePong(WebSocketCase each) {
        return each.forgets("pong ");
    }

    @TestFactory
    Stream<DynamicTest> fragments() {
        byte[] a = request("a", 0);
        byte[] head = Arrays.copyOf(a, 20);
        byte[] rest = Arrays.copyOfRange(a, 20, a.length);
        List<WebSocketCase> cases = new ArrayList<>();
        cases.add(
                named("a ping in two fragments")
                        .frame(false, PING, head)
                        .frame(true, 0, rest)
                        .fails(1002));
        cases.add(
                named("a pong in two fragments")
                        .frame(false, 10, head)
                        .frame(true, 0, rest)
                        .fails(1002));
        cases.add(named("a close in fragments").frame(false, CLOSE, NOTHING).fails(1002));
        for (int chunk : new int[] {WHOLE, 5, 1}) {
            String how = chunk == WHOLE ? "" : ", " + chunk + " bytes at a time";
            cases.add(named("text in two fragments" + how).asks("a", 1, a, 40).chopped(chunk));
            cases.add(named("text in many fragments" + how).asks("a", 1, a, 3).chopped(chunk));
            cases.add(named("binary in fragments" + how).asks("a", 2, a, 7).chopped(chunk));
            cases.add(
                    named("a ping between two fragments" + how)
                            .frame(false, TEXT, head)
                            .pings(utf8("between"))
                            .frame(true, 0, rest)
                            .answers("a")
                            .chopped(chunk));
            cases.add(
                    named("pings between many fragments" + how)
                            .frame(false, TEXT, head)
                            .pings(utf8("1"))
                            .frame(false, 0, NOTHING)
                            .pings(utf8("2"))
                            .frame(false, 0, rest)
                            .pongs(utf8("3"))
                            .frame(true, 0, NOTHING)
                            .answers("a")
                            .chopped(chunk));
            cases.add(
                    named("empty fragments" + how)
                            .frame(false, TEXT, NOTHING)
                            .frame(false, 0, NOTHING)
                            .frame(true, 0, a)
                            .answers("a")
                            .chopped(chunk));
            cases.add(
                    named("two messages in fragments, then a whole one" + how)
                            .asks("a", TEXT, a, 11)
                            .asks("b", BINARY, request("b", 0), 13)
                            .asks("c")
                            .chopped(chunk));
        }
        return server.run("5", cases);
    }

    @TestFactory
    Stream<DynamicTest> fragmentsOutOfPlace() {
        byte[] a = request("a", 0);
        byte[] head = Arrays.copyOf(a, 20);
        byte[] rest = Arrays.copyOfRange(a, 20, a.length);
        List<WebSocketCase> cases = new ArrayList<>();
        for (int chunk : new int[] {WHOLE, 5, 1}) {
            String how = chunk == WHOLE ? "" : ", " + chunk + " bytes at a time";
            for (boolean isFinal : new boolean[] {true, false}) {
                cases.add(
                        named("a continuation of nothing, last " + isFinal + how)
                                .frame(isFinal, 0, utf8("non-continuation"))
                                .asks("late")
                                .forgets("answer late")
                                .fails(1002)
                                .chopped(chunk));
                cases.add(
                        named("a continuation after a whole text, last " + isFinal + how)
                                .asks("a")
                                .frame(isFinal, 0, rest)
                                .fails(1002)
                                .chopped(chunk));
            }
            for (int opcode : new int[] {TEXT, BINARY}) {
                cases.add(
                        named("opcode " + opcode + " inside of a message" + how)
                                .frame(false, TEXT, head)
                                .frame(true, opcode, a)
                                .fails(1002)
                                .chopped(chunk));
            }
        }
        return server.run("5", cases);
    }

    @TestFactory
    Stream<DynamicTest> farewells() {
        List<WebSocketCase> cases = new ArrayList<>();
        cases.add(named("a text, then a close").asks("a").closes(NOTHING));
        cases.add(named("two closes").closes(NOTHING).frame(true, CLOSE, NOTHING));
        cases.add(named("a ping behind a close").closes(NOTHING).frame(true, PING, NOTHING));
        cases.add(
                named("a text behind a close").closes(NOTHING).frame(true, 1, request("late", 0)));
        cases.add(
                named("a close between fragments")
                        .frame(false, TEXT, utf8("{"))
                        .closes(NOTHING)
                        .frame(true, 0, utf8("}")));
        cases.add(
                named("256 KiB, then a close")
                        .asks("a", TEXT, request("a", 262_144), WHOLE)
                        .closes(NOTHING));
        cases.add(named("half a code").frame(true, CLOSE, new byte[] {3}).fails(1002));
        cases.add(named("a code and no reason").closes(closing(1000, "")));
        cases.add(named("a code and a reason").closes(closing(1000, "Hello World!")));
        cases.add(named("the longest reason").closes(closing(1000, "*".repeat(123))));
        cases.add(
                named("a reason that is too long")
                        .frame(true, CLOSE, closing(1000, "*".repeat(124)))
                        .fails(1002));
        byte[] garbled = closing(1000, "**");
        garbled[2] = (byte) 0xce;
        garbled[3] = (byte) 0xff;
        cases.add(named("a reason not in UTF-8").frame(true, CLOSE, garbled).fails(NOT_UTF8));
        int[] good = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999};
        for (int code : good) {
            cases.add(named("code " + code).closes(closing(code, "")));
            cases.add(
                    named("code " + code + " in single bytes")
                            .closes(closing(code, "r"))
                            .chopped(1));
        }
        int[] bad = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535};
        for (int code : bad) {
            cases.add(named("code " + code).frame(true, CLOSE, closing(code, "")).fails(1002));
            cases.add(
                    named("code " + code + " with a reason")
                            .frame(true, CLOSE, closing(code, "because"))
                            .fails(1002));
        }
        return server.run("7", cases);
    }

    @TestFactory
    Stream<DynamicTest> sizes() {
        List<WebSocketCase> cases = new ArrayList<>();
        for (int opcode : new int[] {TEXT, BINARY}) {
            for (int kib : new int[] {64, 256, 1_024, 4_096, 16_384}) {
                cases.add(
                        named("opcode " + opcode + ", " + kib + " KiB")
                                .asks("a", opcode, request("a", kib * 1_024), WHOLE));
            }
            for (int frameBytes : new int[] {64, 256, 1_024, 4_096, 65_536, 1_048_576}) {
                cases.add(
                        named("opcode " + opcode + ", 1 MiB in frames of " + frameBytes)
                                .asks("a", opcode, request("a", 1_048_576), frameBytes));
            }
            for (int chunk : new int[] {128, 1_024, 16_384}) {
                cases.add(
                        named("opcode " + opcode + ", 1 MiB, " + chunk + " at a time")
                                .asks("a", opcode, request("a", 1_048_576), WHOLE)
                                .chopped(chunk));
            }
        }
        WebSocketCase many = named("a thousand requests");
        IntStream.range(0, 1_000).forEach(i -> many.asks("a" + i));
        cases.add(many);
        cases.add(
                named("a frame longer than anybody may send")
                        .bytes(RawClient.frameHeader(TEXT, 26_214_401))
                        .fails(1009));
        cases.add(
                named("a length with its highest bit set")
                        .bytes(HexFormat.of().parseHex("82ff800000000000000011223344"))
                        .fails(1009));
        return server.run("9", cases);
    }

    @TestFactory
    Stream<DynamicTest> automaticFragments() {
        return server.run(
                "10",
                List.of(
                        named("64 KiB in frames of 1300")
                                .asks("a", TEXT, request("a", 65_536), 1_300)));
    }
}
