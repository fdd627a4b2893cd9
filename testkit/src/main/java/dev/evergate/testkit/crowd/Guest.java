package dev.evergate.testkit.crowd;

import dev.evergate.testkit.net.RawClient;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * One WebSocket client: connects, says hello, and is then told of text frames. Lives on one loop.
 */
abstract class Guest implements Wire.End {
    static final String NO_UPGRADE = "no upgrade: ";

    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final String HEAD_END = "\r\n\r\n";

    final Venue venue;
    final String name;
    private final boolean isSmall;
    private Optional<Wire> wire = Optional.empty();
    private Stage stage = Stage.AWAY;
    private byte[] rest = new byte[0];
    private String closing = "";

    private enum Stage {
        AWAY,
        UPGRADING,
        CHALLENGED,
        GREETED,
        ADMITTED
    }

    /**
     * @param isSmall whether its receive buffer is as small as may be
     */
    Guest(Venue venue, String name, boolean isSmall) {
        this.venue = venue;
        this.name = name;
        this.isSmall = isSmall;
    }

    /** The params of its {@code connect}. */
    abstract String scopes();

    /** It may send requests from now on. */
    abstract void admitted();

    abstract void told(Frame frame);

    /** The connection is gone. */
    abstract void gone(boolean wasAdmitted, String why, Optional<IOException> failure);

    /** Answers a ping; whoever is in the middle of a frame must wait with that. */
    void pong(byte[] frame) {
        send(frame);
    }

    final void enter() {
        stage = Stage.UPGRADING;
        rest = new byte[0];
        closing = "";
        try {
            wire =
                    Optional.of(
                            Wire.open(
                                    venue.loop(), venue.source(), venue.address(), isSmall, this));
        } catch (IOException e) {
            ended(Optional.of(e));
        }
    }

    final boolean isAdmitted() {
        return stage == Stage.ADMITTED;
    }

    final int localPort() {
        return wire.map(Wire::localPort).orElse(0);
    }

    final void reading(boolean wanted) {
        wire.ifPresent(open -> open.read(wanted));
    }

    final void send(byte[] bytes) {
        wire.ifPresent(open -> open.send(bytes));
    }

    final void request(String id, String method, String params) {
        send(RawClient.frame(true, TEXT, json(id, method, params)));
    }

    static byte[] json(String id, String method, String params) {
        return "{\"type\":\"req\",\"id\":\"%s\",\"method\":\"%s\",\"params\":%s}"
                .formatted(id, method, params)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Leaves without a word. */
    final void leave() {
        stage = Stage.AWAY;
        wire.ifPresent(Wire::close);
    }

    @Override
    public final void connected() {
        send(
                ("GET / HTTP/1.1\r\nHost: 127.0.0.1:"
                                + venue.address().getPort()
                                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                + "Sec-WebSocket-Version: 13\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public final void bytes(ByteBuffer in) {
        byte[] all = joined(in);
        int at = stage == Stage.UPGRADING ? head(all) : 0;
        while (stage != Stage.UPGRADING && stage != Stage.AWAY) {
            int next = frame(all, at);
            if (next == at) {
                break;
            }
            at = next;
        }
        rest = at == all.length ? new byte[0] : Arrays.copyOfRange(all, at, all.length);
    }

    private byte[] joined(ByteBuffer in) {
        byte[] all = Arrays.copyOf(rest, rest.length + in.remaining());
        in.get(all, rest.length, in.remaining());
        return all;
    }

    private int head(byte[] all) {
        String text = new String(all, StandardCharsets.ISO_8859_1);
        int end = text.indexOf(HEAD_END);
        if (end < 0) {
            return 0;
        }
        if (!text.startsWith("HTTP/1.1 101")) {
            closing = NO_UPGRADE + text.lines().findFirst().orElse("");
            refused();
            return all.length;
        }
        stage = Stage.CHALLENGED;
        return end + HEAD_END.length();
    }

    private void refused() {
        leave();
        gone(false, closing, Optional.empty());
    }

    /** Reads one frame and returns where the next begins; the same place if it is not whole. */
    private int frame(byte[] all, int from) {
        int available = all.length - from;
        int shortLength = available < 2 ? 0 : all[from + 1] & 0x7f;
        int header = shortLength < 126 ? 2 : shortLength == 126 ? 4 : 10;
        if (available < header) {
            return from;
        }
        ByteBuffer numbers = ByteBuffer.wrap(all);
        long length =
                switch (header) {
                    case 2 -> shortLength;
                    case 4 -> numbers.getShort(from + 2) & 0xffff;
                    default -> numbers.getLong(from + 2);
                };
        if (available < header + length) {
            return from;
        }
        int start = from + header;
        int end = start + (int) length;
        switch (all[from] & 0x0f) {
            case TEXT -> text(all, start, (int) length);
            case PING -> pong(RawClient.frame(true, PONG, Arrays.copyOfRange(all, start, end)));
            case CLOSE ->
                    closing =
                            length < 2
                                    ? "close frame without code"
                                    : "close frame "
                                            + (numbers.getShort(start) & 0xffff)
                                            + " "
                                            + new String(
                                                    all,
                                                    start + 2,
                                                    (int) length - 2,
                                                    StandardCharsets.UTF_8);
            default -> {}
        }
        return end;
    }

    private void text(byte[] all, int start, int length) {
        Frame frame = read(all, start, length);
        switch (stage) {
            case AWAY, UPGRADING -> {}
            case CHALLENGED -> {
                stage = Stage.GREETED;
                request("hello", "connect", venue.hello(scopes()));
            }
            case GREETED -> {
                if (frame.isAnswer() && frame.isOk) {
                    stage = Stage.ADMITTED;
                    admitted();
                } else if (frame.isAnswer()) {
                    closing = "no hello: " + frame.errorCode + " " + frame.errorMessage;
                    refused();
                }
            }
            case ADMITTED -> told(frame);
        }
    }

    private Frame read(byte[] all, int start, int length) {
        try {
            return Frame.read(all, start, length);
        } catch (RuntimeException e) {
            String text = new String(all, start, Math.min(length, 300), StandardCharsets.UTF_8);
            venue.account().fault(Fault.WRONG, name + ": unreadable frame " + e + ": " + text);
            return Frame.none();
        }
    }

    @Override
    public final void ended(Optional<IOException> why) {
        boolean wasAdmitted = stage == Stage.ADMITTED;
        if (stage == Stage.AWAY) {
            return;
        }
        stage = Stage.AWAY;
        String how =
                closing.isEmpty()
                        ? why.map(IOException::toString).orElse("end of stream without close frame")
                        : closing;
        gone(wasAdmitted, how, why);
    }
}
