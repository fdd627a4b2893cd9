package dev.evergate.server.http;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.time.Deadline;
import dev.evergate.server.access.Scrutiny;
import dev.evergate.server.access.Warrant;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.EventSource;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpCall;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.exchange.WrittenWork;
import dev.evergate.server.rpc.Suspension;
import dev.evergate.server.session.Reset;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One admitted request: its body is read, then it is worked on and answered. Lives on the loop of
 * its connection; what {@link HttpCall} says may be called from anywhere.
 */
final class Guest extends ChannelInboundHandlerAdapter implements HttpCall {
    private static final long UNSENT_BYTES_MAX = 16_384;
    private static final Logger log = LoggerFactory.getLogger(Guest.class);

    /** How long a body may take (S19). */
    private static final long BODY_MS = 30_000;

    /** How long a peer may take to take an answer from us, or to take anything of a stream. */
    private static final long ANSWER_MS = 30_000;

    /** Silence in which a proxy would give a stream up. */
    private static final long QUIET_MS = 15_000;

    /** How much of a body is in memory at a time. */
    private static final int PIECE_BYTES = 65_536;

    private static final String SIGN_OF_LIFE = ": still here\n\n";
    private static final HttpAnswer STREAM =
            new HttpAnswer("200 OK", "text/event-stream; charset=utf-8", "", List.of())
                    .with("Cache-Control: no-cache");

    private final Door door;
    private final Channel channel;
    private final HttpHead head;
    private final Admission.Admitted admitted;
    private final Warrant warrant;
    private final WrittenWork written;
    private final boolean isChunked;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final AtomicBoolean isWoken = new AtomicBoolean();
    private Optional<EventSource> source = Optional.empty();
    private final List<Runnable> goneActions = new ArrayList<>();
    private boolean hasWritten;
    private volatile Stage stage = Stage.BODY;
    private volatile Optional<Deadline> limit;

    private enum Stage {
        BODY,
        WORK,
        STREAM,
        /** It is given a body of a known length. */
        TRANSFER,
        /** It has been told everything. */
        TOLD,
        /** It left before. */
        GONE
    }

    Guest(Door door, Channel channel, HttpHead head, HttpRequest request, Admission.Admitted how) {
        this.door = door;
        this.channel = channel;
        this.head = head;
        this.admitted = how;
        this.warrant = door.routes().warrant(head);
        this.written = new WrittenWork(door.services().boards().scribe(), door.services().json());
        this.isChunked = request.protocolVersion().isKeepAliveDefault(); // since HTTP/1.1
        this.limit = Optional.of(in(BODY_MS));
    }

    /** Looks at what the head says of the body. */
    void begin(HttpRequest request) {
        if (HttpUtil.getContentLength(request, 0L) > admitted.bodyBytesMax()) {
            tell(tooLarge());
        } else if (HttpUtil.is100ContinueExpected(request)) {
            ByteBuf goOn = channel.alloc().ioBuffer(32);
            ByteBufUtil.writeAscii(goOn, "HTTP/1.1 100 Continue\r\n\r\n");
            var _ = channel.writeAndFlush(goOn);
        }
    }

    /** Whether it takes longer than it may. */
    boolean isLate() {
        return limit.filter(end -> end.hasPassed(door.time())).isPresent();
    }

    /** Ends it if it would not be let in any more. From any thread. */
    void reconsider(Scrutiny now) {
        if (channel.localAddress() instanceof InetSocketAddress local
                && now.of(warrant, local.getAddress()).isPresent()) {
            log.info(
                    "{} {} has to go: its warrant does not hold any more",
                    head.method(),
                    head.path());
            cut();
        }
    }

    /** Whether whoever likes may be in its place. */
    boolean isOpenToAll() {
        return admitted.isOpenToAll();
    }

    void cut() {
        var _ = channel.close();
    }

    void reset() {
        Reset.of(channel);
    }

    /** Tells it that the gateway ends, unless it has its answer. */
    void farewell() {
        onLoop(
                () -> {
                    switch (stage) {
                        case BODY, WORK -> tell(door.stopping());
                        case STREAM -> {
                            write(source.orElseThrow().farewell());
                            finish();
                        }
                        case TRANSFER, TOLD, GONE -> log.trace("It is on its way already");
                    }
                });
    }

    // ---- what comes in -------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (stage == Stage.BODY && message instanceof HttpContent content) {
                read(content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(HttpContent content) {
        ByteBuf bytes = content.content();
        if (content.decoderResult().isFailure()) {
            tell(HttpAnswer.text("400 Bad Request", "Bad Request"));
        } else if (body.size() + bytes.readableBytes() > admitted.bodyBytesMax()) {
            tell(tooLarge());
        } else if (!door.bodies().reserve(bytes.readableBytes())) {
            tell(HttpAnswer.tryAgain("Too many large requests at once.", door.retryAfterSeconds()));
        } else {
            body.writeBytes(ByteBufUtil.getBytes(bytes));
            if (content instanceof LastHttpContent) {
                stage = Stage.WORK;
                limit = Optional.empty();
                door.services().world().tasks().start("http-" + head.path(), this::work);
            }
        }
    }

    private HttpAnswer tooLarge() {
        return HttpAnswer.error(
                "413 Content Too Large",
                "invalid_request_error",
                "The body is too large (expected: at most %,d bytes)."
                        .formatted(admitted.bodyBytesMax()));
    }

    private void work() {
        try {
            if (head.isGetOrHead()) {
                written.work(admitted, this);
            } else {
                workUnlessSuspended();
            }
        } catch (EvergateException e) {
            answer(HttpAnswer.of(e));
        } catch (RuntimeException | Error bug) { // the boundary: whoever waits is told
            log.error("{} {} hit a bug", head.method(), head.path(), bug);
            answer(
                    HttpAnswer.error(
                            "500 Internal Server Error",
                            "api_error",
                            "An internal error; see the log."));
        } finally {
            onLoop(this::forgetBody);
        }
    }

    private void workUnlessSuspended() {
        Suspension suspension = door.services().boards().suspension();
        if (!suspension.entered()) {
            answer(
                    HttpAnswer.tryAgain(
                            "The gateway is suspended: it takes no requests for a while.",
                            door.retryAfterSeconds()));
            return;
        }
        try {
            written.work(admitted, this);
        } finally {
            suspension.left();
        }
    }

    private void forgetBody() {
        door.bodies().release(body.size());
        body.reset();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        pump();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        boolean hasLeft = stage != Stage.TOLD;
        if (stage == Stage.BODY) {
            forgetBody();
        }
        stage = hasLeft ? Stage.GONE : stage;
        door.leave(this);
        goneActions.forEach(this::start);
        goneActions.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        cut();
    }

    // ---- what goes out -------------------------------------------------------------------------

    @Override
    public HttpHead head() {
        return head;
    }

    @Override
    public byte[] body() {
        return body.toByteArray();
    }

    @Override
    public void answer(HttpAnswer answer) {
        onLoop(
                () -> {
                    if (stage == Stage.WORK) {
                        tell(answer);
                    }
                });
    }

    @Override
    public void transfer(HttpAnswer answer, long bytes, ReadableByteChannel content)
            throws IOException {
        long left = head.method().equals("HEAD") ? 0 : bytes;
        ByteBuf piece = answer.encodeHead(channel.alloc(), bytes);
        while (isTaken(piece, left == 0) && left > 0) {
            piece = channel.alloc().ioBuffer((int) Math.min(left, PIECE_BYTES));
            try {
                left -= read(content, piece);
            } catch (IOException e) {
                piece.release();
                onLoop(this::cut);
                throw e;
            }
        }
    }

    /** Fills a piece of the body, as far as the next read goes. */
    private static int read(ReadableByteChannel content, ByteBuf piece) throws IOException {
        int read = content.read(piece.internalNioBuffer(0, piece.capacity()));
        if (read < 0) {
            throw new EOFException("it is shorter than it was");
        }
        piece.writerIndex(read);
        return read;
    }

    /** Gives it a piece and waits until it has taken that; false if it does not. */
    private boolean isTaken(ByteBuf piece, boolean isLast) {
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        onLoop(() -> give(piece, isLast, taken));
        try {
            return taken.get(2 * ANSWER_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException stuck) {
            log.debug("A body is not taken", stuck);
        }
        onLoop(this::cut);
        return false;
    }

    /** What is not taken yet waits in its file, not by the megabyte in the kernel. */
    private void keepLittleInKernel() {
        var _ = channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT_BYTES_MAX);
    }

    private void give(ByteBuf piece, boolean isLast, CompletableFuture<Boolean> taken) {
        if (stage != Stage.WORK && stage != Stage.TRANSFER) {
            piece.release();
            taken.complete(false);
            return;
        }
        if (stage == Stage.WORK) {
            keepLittleInKernel();
        }
        stage = Stage.TRANSFER;
        limit = Optional.of(in(ANSWER_MS));
        if (isLast) {
            told();
        }
        ChannelFuture written = channel.writeAndFlush(piece);
        var _ = written.addListener(done -> taken.complete(done.isSuccess()));
        if (isLast) {
            var _ = written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public Runnable stream(EventSource events) {
        onLoop(
                () -> {
                    if (stage == Stage.WORK) {
                        stage = Stage.STREAM;
                        source = Optional.of(events);
                        var _ = channel.write(STREAM.encodeHead(channel.alloc(), isChunked));
                        hasWritten = true;
                        scheduleSignOfLife();
                        pump();
                    }
                });
        return () -> {
            if (isWoken.compareAndSet(false, true)) {
                onLoop(
                        () -> {
                            isWoken.set(false);
                            pump();
                        });
            }
        };
    }

    @Override
    public void whenGone(Runnable action) {
        onLoop(
                () -> {
                    if (stage == Stage.GONE) {
                        start(action);
                    } else if (stage != Stage.TOLD) {
                        goneActions.add(action);
                    }
                });
    }

    @Override
    public boolean isOver() {
        return stage == Stage.TOLD || stage == Stage.GONE;
    }

    private void start(Runnable action) {
        door.services().world().tasks().start("http-gone", action);
    }

    /** Answers, and closes when the peer has read it. */
    private void tell(HttpAnswer answer) {
        boolean isRead = stage == Stage.WORK;
        ByteBuf bytes = answer.encode(channel.alloc(), head.method().equals("HEAD"));
        told();
        if (isRead) {
            var _ = channel.writeAndFlush(bytes).addListener(ChannelFutureListener.CLOSE);
        } else {
            forgetBody();
            Lingering.end(channel, bytes);
        }
    }

    private void told() {
        stage = Stage.TOLD;
        limit = Optional.of(in(ANSWER_MS));
        goneActions.clear();
    }

    /** Sends what there is, as long as the peer takes it. */
    private void pump() {
        while (stage == Stage.STREAM && channel.isWritable()) {
            EventSource events = source.orElseThrow();
            Optional<String> next = events.next();
            if (next.isPresent()) {
                write(next.get());
            } else {
                if (events.isOver()) {
                    finish();
                }
                break;
            }
        }
        if (stage == Stage.STREAM) {
            boolean isStuck = !channel.isWritable();
            limit = isStuck ? limit.or(() -> Optional.of(in(ANSWER_MS))) : Optional.empty();
            var _ = channel.flush();
        }
    }

    private void write(String events) {
        byte[] text = events.getBytes(StandardCharsets.UTF_8);
        if (text.length == 0) {
            return; // as a chunk it would be the end
        }
        ByteBuf out = channel.alloc().ioBuffer(text.length + 12);
        if (isChunked) {
            ByteBufUtil.writeAscii(out, Integer.toHexString(text.length) + "\r\n");
        }
        out.writeBytes(text);
        if (isChunked) {
            ByteBufUtil.writeAscii(out, "\r\n");
        }
        hasWritten = true;
        var _ = channel.write(out, channel.voidPromise());
    }

    private void finish() {
        told();
        ByteBuf end = channel.alloc().ioBuffer(8);
        if (isChunked) {
            ByteBufUtil.writeAscii(end, "0\r\n\r\n");
        }
        var _ = channel.writeAndFlush(end).addListener(ChannelFutureListener.CLOSE);
    }

    private void scheduleSignOfLife() {
        var _ = channel.eventLoop().schedule(this::giveSignOfLife, QUIET_MS, TimeUnit.MILLISECONDS);
    }

    private void giveSignOfLife() {
        if (stage == Stage.STREAM) {
            if (!hasWritten && channel.isWritable()) {
                write(SIGN_OF_LIFE);
                var _ = channel.flush();
            }
            hasWritten = false;
            scheduleSignOfLife();
        }
    }

    private Deadline in(long ms) {
        return door.time().deadlineIn(ms);
    }

    private void onLoop(Runnable action) {
        try {
            channel.eventLoop().execute(action);
        } catch (RejectedExecutionException ended) {
            log.trace("Its loop has ended, and the connection with it");
        }
    }
}
