package dev.evergate.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.ByteToMessageDecoder;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One client: upgrades, says hello where a token is given, then reports text frames. Everything
 * runs on its event loop, except where told otherwise.
 */
public final class Connection extends ByteToMessageDecoder {
    private static final String HELLO =
            """
            {"minProtocol":4,"maxProtocol":4,"role":"operator",\
            "client":{"id":"gateway-client","version":"0.0.1","platform":"bench","mode":"backend"},\
            "scopes":["operator.admin","operator.read","operator.write"],"caps":[],\
            "auth":{"token":"%s"}}""";

    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What an answer, and an echoed request, has where an event has another letter. */
    private static final int KIND_AT = "{\"type\":\"".length();

    private static final int ID_AT = "{\"type\":\"res\",\"id\":\"".length();

    private final int port;
    private final Optional<String> token;
    private final CompletableFuture<Connection> ready = new CompletableFuture<>();
    private volatile Listener listener = Listener.IGNORE;
    private volatile Optional<Channel> channel = Optional.empty();
    private Stage stage = Stage.UPGRADING;
    private boolean hasWritten;

    private enum Stage {
        UPGRADING,
        CHALLENGED,
        GREETED,
        OPEN
    }

    /** Is told of each text frame; {@code in} is valid during the call. */
    public interface Listener {
        Listener IGNORE = (_, _, _, _) -> {};

        void text(Connection from, ByteBuf in, int start, int length);

        /** What had arrived has been told. */
        default void arrived() {}
    }

    Connection(int port, Optional<String> token) {
        this.port = port;
        this.token = token;
    }

    /** Done when requests may be sent. */
    CompletableFuture<Connection> ready() {
        return ready;
    }

    /** Changes who is told; thread-safe. */
    public void listen(Listener next) {
        listener = next;
    }

    public EventLoop loop() {
        return open().eventLoop();
    }

    /** Sends a request with {@code id}; thread-safe. */
    public void call(String id, String method, String params) {
        open().writeAndFlush(Frame.request(id, method, params));
    }

    /** Sends a frame when everything that was read has been handled. */
    void write(ByteBuf frame) {
        open().write(frame.duplicate(), open().voidPromise());
        hasWritten = true;
    }

    void flush() {
        open().flush();
        hasWritten = false;
    }

    /** Whether the peer has not closed it; thread-safe. */
    public boolean isOpen() {
        return open().isActive();
    }

    private Channel open() {
        return channel.orElseThrow(() -> new IllegalStateException("not connected"));
    }

    /** Whether a frame answers, instead of telling an event. */
    static boolean isAnswer(ByteBuf in, int start) {
        return in.getByte(start + KIND_AT) == 'r';
    }

    /** The one digit an answer's id consists of. */
    static int slot(ByteBuf in, int start) {
        if (in.getByte(start + ID_AT - 1) != '"' || in.getByte(start + ID_AT + 1) != '"') {
            String text = in.toString(start, ID_AT + 8, StandardCharsets.UTF_8);
            throw new IllegalStateException("no id of one digit: " + text);
        }
        return in.getByte(start + ID_AT) - '0';
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = Optional.of(ctx.channel());
        String request =
                "GET / HTTP/1.1\r\nHost: 127.0.0.1:"
                        + port
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Version: 13\r\n\r\n";
        ctx.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (stage == Stage.UPGRADING) {
            readHead(ctx, in);
            return;
        }
        int start = in.readerIndex();
        if (in.readableBytes() < 2) {
            return;
        }
        int shortLength = in.getByte(start + 1) & 0x7f;
        int header = shortLength < 126 ? 2 : shortLength == 126 ? 4 : 10;
        if (in.readableBytes() < header) {
            return;
        }
        int length =
                switch (header) {
                    case 2 -> shortLength;
                    case 4 -> in.getUnsignedShort(start + 2);
                    default -> (int) in.getLong(start + 2);
                };
        if (in.readableBytes() < header + length) {
            return;
        }
        in.skipBytes(header + length);
        switch (in.getByte(start) & 0x0f) {
            case Frame.TEXT -> text(ctx, in, start + header, length);
            case Frame.PING -> ctx.writeAndFlush(Frame.pong());
            case Frame.CLOSE -> ctx.close();
            default -> {}
        }
    }

    private void readHead(ChannelHandlerContext ctx, ByteBuf in) {
        String text = in.toString(StandardCharsets.US_ASCII);
        int end = text.indexOf(new String(HEAD_END, StandardCharsets.US_ASCII));
        if (end < 0) {
            return;
        }
        in.skipBytes(end + HEAD_END.length);
        if (!text.startsWith("HTTP/1.1 101")) {
            fail(ctx, text.substring(0, end));
            return;
        }
        stage = token.isPresent() ? Stage.CHALLENGED : Stage.OPEN;
        if (stage == Stage.OPEN) {
            ready.complete(this);
        }
    }

    private void text(ChannelHandlerContext ctx, ByteBuf in, int start, int length) {
        switch (stage) {
            case UPGRADING, OPEN -> listener.text(this, in, start, length);
            case CHALLENGED -> {
                stage = Stage.GREETED;
                String params = HELLO.formatted(token.orElse(""));
                ctx.writeAndFlush(Frame.request("0", "connect", params));
            }
            case GREETED -> {
                if (!isAnswer(in, start)) {
                    return;
                }
                String answer = in.toString(start, Math.min(length, 300), StandardCharsets.UTF_8);
                if (!answer.contains("\"ok\":true")) {
                    fail(ctx, answer);
                    return;
                }
                stage = Stage.OPEN;
                ready.complete(this);
            }
        }
    }

    private void fail(ChannelHandlerContext ctx, String why) {
        ready.completeExceptionally(new IOException("refused: " + why));
        ctx.close();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        listener.arrived();
        if (hasWritten) {
            flush();
        }
        super.channelReadComplete(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        ready.completeExceptionally(new IOException("closed before hello"));
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ready.completeExceptionally(cause);
        System.err.println("connection: " + cause);
        ctx.close();
    }
}
