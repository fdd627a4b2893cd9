package dev.evergate.bench.load;

import dev.evergate.server.ws.CloseCode;
import dev.evergate.server.ws.FrameBudget;
import dev.evergate.server.ws.FrameDecoder;
import dev.evergate.server.ws.FrameEncoder;
import dev.evergate.server.ws.FrameSink;
import dev.evergate.server.ws.Scratch;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the same transport and the same frame codec can do with nothing behind them: {@code
 * BareServer echo} sends each text frame back; {@code BareServer replay FILE [joined]} sends the
 * frames of a recording to every client whenever a client sends a text frame.
 *
 * <p>Prints its port, and runs until its standard input ends. It has as many worker loops as the
 * gateway.
 */
public final class BareServer {
    private static final int WORKERS = 2;
    private static final int MESSAGE_BYTES_MAX = 1 << 20;
    private static final int REQUEST_BYTES_MAX = 4096;
    private static final String KEY_HEADER = "sec-websocket-key:";
    private static final String ACCEPT_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final FrameBudget budget = new FrameBudget(MESSAGE_BYTES_MAX);
    private final Map<EventLoop, Loop> loops = new ConcurrentHashMap<>();
    private final List<ByteBuf> recording;

    private BareServer(List<ByteBuf> recording) {
        this.recording = recording;
    }

    public static void main(String[] arguments) throws Exception {
        boolean isEcho = arguments[0].equals("echo");
        var server =
                new BareServer(
                        isEcho ? List.of() : writes(Path.of(arguments[1]), arguments.length > 2));
        Channel listener =
                new ServerBootstrap()
                        .group(
                                new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()),
                                new MultiThreadIoEventLoopGroup(
                                        WORKERS, EpollIoHandler.newFactory()))
                        .channel(EpollServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, 4096)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                        .childHandler(server.new Start())
                        .bind(new InetSocketAddress("127.0.0.1", 0))
                        .sync()
                        .channel();
        System.out.println(((InetSocketAddress) listener.localAddress()).getPort());
        while (System.in.read() >= 0) {
            // until whoever started this has gone
        }
        System.exit(0);
    }

    /** What is written at once: the frames between two empty lines, or each by itself. */
    private static List<ByteBuf> writes(Path file, boolean isJoined) throws Exception {
        List<ByteBuf> writes = new ArrayList<>();
        boolean isBegun = false;
        for (String line : Files.readAllLines(file)) {
            if (line.isEmpty()) {
                isBegun = false;
                continue;
            }
            byte[] text = line.getBytes(StandardCharsets.UTF_8);
            ByteBuf frame = FrameEncoder.text(PooledByteBufAllocator.DEFAULT, text);
            if (isBegun && isJoined) {
                writes.getLast().writeBytes(frame);
                frame.release();
            } else {
                writes.add(frame);
            }
            isBegun = true;
        }
        return writes;
    }

    /** The clients of one event loop, and how far the replay has come. Lives on that loop. */
    private final class Loop {
        final EventLoop executor;
        final Scratch scratch = new Scratch();
        final List<Channel> clients = new ArrayList<>();
        private int unwritable;
        private int next;
        private int last;

        Loop(EventLoop executor) {
            this.executor = executor;
        }

        void writability(boolean isWritable) {
            unwritable += isWritable ? -1 : 1;
            if (unwritable == 0 && next < last) {
                executor.execute(this::replay);
            }
        }

        void replayOnce() {
            boolean isIdle = next == last;
            if (isIdle) {
                next = 0;
                last = 0;
            }
            last += recording.size();
            if (isIdle) {
                replay();
            }
        }

        /** One write to everybody, then a chance for what has arrived; waits for slow ones. */
        private void replay() {
            if (next == last || unwritable > 0) {
                return;
            }
            ByteBuf write = recording.get(next++ % recording.size());
            for (Channel client : clients) {
                client.writeAndFlush(write.retainedDuplicate(), client.voidPromise());
            }
            if (unwritable == 0) {
                executor.execute(this::replay);
            }
        }
    }

    private final class Start extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new Upgrade());
        }

        @Override
        public boolean isSharable() {
            return true;
        }
    }

    /** Answers the upgrade and gives way to the frame codec. */
    private final class Upgrade extends ChannelInboundHandlerAdapter {
        private final StringBuilder head = new StringBuilder();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            ByteBuf in = (ByteBuf) message;
            head.append(in.toString(StandardCharsets.US_ASCII));
            in.release();
            String request = head.toString();
            if (!request.endsWith("\r\n\r\n")) {
                if (request.length() > REQUEST_BYTES_MAX) {
                    ctx.close();
                }
                return;
            }
            String lower = request.toLowerCase(java.util.Locale.ROOT);
            int start = lower.indexOf(KEY_HEADER) + KEY_HEADER.length();
            String key = request.substring(start, request.indexOf('\r', start)).strip();
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + ACCEPT_SALT).getBytes(StandardCharsets.US_ASCII));
            Loop loop = loops.computeIfAbsent(ctx.channel().eventLoop(), Loop::new);
            Client client = new Client(ctx.channel(), loop);
            ctx.pipeline()
                    .addLast(new FrameDecoder(client, budget, loop.scratch, MESSAGE_BYTES_MAX));
            ctx.pipeline().addLast(client.writability());
            ctx.pipeline().remove(this);
            loop.clients.add(ctx.channel());
            String answer =
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                            + "Connection: Upgrade\r\nSec-WebSocket-Accept: "
                            + Base64.getEncoder().encodeToString(digest)
                            + "\r\n\r\n";
            ctx.channel().writeAndFlush(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII));
        }
    }

    private final class Client implements FrameSink {
        private final Channel channel;
        private final Loop loop;

        Client(Channel channel, Loop loop) {
            this.channel = channel;
            this.loop = loop;
        }

        ChannelInboundHandlerAdapter writability() {
            return new ChannelInboundHandlerAdapter() {
                @Override
                public void channelWritabilityChanged(ChannelHandlerContext ctx) {
                    loop.writability(ctx.channel().isWritable());
                }
            };
        }

        @Override
        public void message(byte[] payload, int length, boolean borrowed) {
            if (!recording.isEmpty()) {
                loops.values().forEach(each -> each.executor.execute(each::replayOnce));
                return;
            }
            ByteBuf out = channel.alloc().ioBuffer(FrameEncoder.HEADER_BYTES_MAX + length);
            FrameEncoder.textHeader(out, length);
            channel.write(out.writeBytes(payload, 0, length), channel.voidPromise());
        }

        @Override
        public void ping(byte[] payload, int length) {}

        @Override
        public void pong() {}

        @Override
        public void closed(int code) {
            channel.close();
        }

        @Override
        public void violated(CloseCode code) {
            channel.close();
        }

        @Override
        public void held(boolean waiting) {}

        @Override
        public void heard() {}

        @Override
        public void readComplete() {
            channel.flush();
        }

        @Override
        public void gone() {
            loop.clients.remove(channel);
        }
    }
}
