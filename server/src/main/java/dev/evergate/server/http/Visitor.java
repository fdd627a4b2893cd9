package dev.evergate.server.http;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.server.access.Peer;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.session.Reset;
import dev.evergate.server.session.Shard;
import dev.evergate.server.tls.TlsChannel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One connection until its first request has been answered or has become a WebSocket. Begins on the
 * door loop and, unless it is a probe, ends on a worker loop; never on both at once.
 */
final class Visitor extends ChannelInboundHandlerAdapter implements Strangers.Stranger {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private static final long HEAD_NANOS = 10_000_000_000L;

    /** How long a peer may take to take our answer from us. */
    private static final long ANSWER_NANOS = 30_000_000_000L;

    /** Longer than a client takes to say who it is, also when a thousand do so at once. */
    private static final long STAYING_NANOS = 5_000_000_000L;

    /** Whoever has just come in may be about to ask for our health. */
    private static final long NEW_NANOS = 250_000_000L;

    private final Door door;
    private final Channel channel;
    private final long sinceNanos;
    private final List<HttpContent> early = new ArrayList<>();
    private boolean hasRequest;
    private boolean isMoving;
    private volatile long deadlineNanos;
    private volatile Stage stage = Stage.HEAD;
    private volatile boolean isSettled;
    private boolean isPlainWhereEncrypted;

    private enum Stage {
        /** Its request has not come, or not whole. */
        HEAD,
        /** It is being answered. */
        ANSWER,
        /** It has become a WebSocket, which looks after itself. */
        WEB_SOCKET
    }

    Visitor(Door door, Channel channel) {
        this.door = door;
        this.channel = channel;
        this.sinceNanos = door.time().nanos();
        this.deadlineNanos = sinceNanos + HEAD_NANOS;
    }

    /** Whether it has asked for something that is not a WebSocket, or should have by now. */
    boolean isPlain(long nowNanos) {
        return switch (stage) {
            case HEAD -> nowNanos - sinceNanos >= NEW_NANOS;
            case ANSWER -> true;
            case WEB_SOCKET -> false;
        };
    }

    /** It does not encrypt, and should. */
    void isNotEncrypted() {
        isPlainWhereEncrypted = true;
    }

    /** Whether it has come in so lately that nothing is known about it. */
    boolean isNew(long nowNanos) {
        return stage == Stage.HEAD && nowNanos - sinceNanos < NEW_NANOS;
    }

    @Override
    public void cut() {
        var _ = channel.close();
    }

    /** Ends it by force: what it was sent and has not taken is thrown away. */
    void reset() {
        Reset.of(channel);
    }

    @Override
    public boolean isSettled() {
        return isSettled || !channel.isOpen();
    }

    @Override
    public boolean isLate(long nowNanos) {
        return stage != Stage.WEB_SOCKET && nowNanos - deadlineNanos >= 0;
    }

    @Override
    public boolean isStaying(long nowNanos) {
        return nowNanos - sinceNanos >= STAYING_NANOS;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (!hasRequest && message instanceof HttpRequest request) {
                hasRequest = true;
                stage = Stage.ANSWER;
                deadlineNanos = door.time().nanos() + ANSWER_NANOS;
                receive(request);
            } else if (isMoving && message instanceof HttpContent content) {
                early.add(content.retain()); // what came with the head, in one read
            }
        } finally {
            ReferenceCountUtil.release(message); // what follows the first request is not read
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        isSettled = true;
        forgetEarly();
    }

    private void forgetEarly() {
        early.forEach(HttpContent::release);
        early.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        cut();
    }

    private void receive(HttpRequest request) {
        Gateway gateway = door.services().gateway().pinned();
        Optional<HttpAnswer> fault = fault(request, gateway.config().gateway());
        if (fault.isPresent()) {
            answer(request, fault.get());
            return;
        }
        String host = request.headers().get(HttpHeaderNames.HOST, "");
        Optional<Target> target = Target.of(request.uri(), host);
        if (target.isEmpty()) {
            answer(request, HttpAnswer.text("400 Bad Request", "Bad Request"));
            return;
        }
        HttpHead head = head(request, target.get(), host, gateway);
        Optional<HttpAnswer> probe =
                door.probes()
                        .answer(
                                head.method(),
                                head.path(),
                                head.query(),
                                head.peer().isDirectLoopback());
        if (probe.isPresent()) {
            answer(request, probe.get());
        } else if (door.clients().isStopping()) {
            answer(request, door.stopping());
        } else {
            moveToWorker(request, head);
        }
    }

    /** Why nobody looks at what a request is for. */
    private Optional<HttpAnswer> fault(HttpRequest request, ConfigSnapshot.Gateway gateway) {
        if (request.decoderResult().isFailure()) {
            return Optional.of(malformed(request.decoderResult().cause()));
        }
        Optional<String> ambiguity = Ambiguity.in(request);
        if (ambiguity.isPresent()) {
            return Optional.of(
                    HttpAnswer.error(
                            "400 Bad Request",
                            "ambiguous_request",
                            "This request could be read in two ways: it has "
                                    + ambiguity.get()
                                    + "."));
        }
        if (isPlainWhereEncrypted) {
            return Optional.of(
                    HttpAnswer.error(
                            "400 Bad Request",
                            "tls_required",
                            "This port speaks TLS: use https:// instead of http://, and wss://"
                                    + " instead of ws://."));
        }
        String host = request.headers().get(HttpHeaderNames.HOST, "");
        InetSocketAddress local = (InetSocketAddress) channel.localAddress();
        return HostPolicy.isAllowed(host, defaultPort(), local, gateway)
                ? Optional.empty()
                : Optional.of(
                        HttpAnswer.error(
                                "421 Misdirected Request",
                                "misdirected_request",
                                "This gateway does not answer to that Host. Use localhost:"
                                        + local.getPort()
                                        + ", or list the origin in"
                                        + " gateway.controlUi.allowedOrigins."));
    }

    private HttpHead head(HttpRequest request, Target target, String host, Gateway gateway) {
        return new HttpHead(
                request.method().name(),
                target.path(),
                target.query(),
                request.headers(),
                PeerReader.of(
                        ((InetSocketAddress) channel.remoteAddress()).getAddress(),
                        request.headers(),
                        host,
                        gateway.config().gateway()),
                gateway);
    }

    private int defaultPort() {
        return TlsChannel.isEncrypted(channel) ? HTTPS_PORT : HTTP_PORT;
    }

    private static HttpAnswer malformed(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException _ -> HttpAnswer.text("414 URI Too Long", "URI Too Long");
            case TooLongHttpHeaderException _ ->
                    HttpAnswer.text(
                            "431 Request Header Fields Too Large",
                            "Request Header Fields Too Large");
            default -> HttpAnswer.text("400 Bad Request", "Bad Request");
        };
    }

    private void moveToWorker(HttpRequest request, HttpHead head) {
        Shard shard = door.clients().next();
        isMoving = true;
        channel.config().setAutoRead(false);
        var _ =
                channel.deregister()
                        .addListener(
                                _ ->
                                        shard.loop()
                                                .register(channel)
                                                .addListener(
                                                        done -> {
                                                            if (done.isSuccess()) {
                                                                settle(shard, request, head);
                                                            } else {
                                                                channel.unsafe().closeForcibly();
                                                            }
                                                        }));
    }

    /** On the worker loop: a WebSocket begins, or a plain request is answered. */
    private void settle(Shard shard, HttpRequest request, HttpHead head) {
        isMoving = false;
        if (!channel.isActive()) {
            forgetEarly();
            return;
        }
        if (!Upgrade.isAsked(request)) {
            switch (door.routes().admit(head)) {
                case Admission.Answered(var answer) -> answer(request, answer);
                case Admission.Admitted admitted -> admit(request, head, admitted);
            }
        } else {
            Optional<HttpAnswer> fault =
                    UrlSecrets.refusal(head.query()).or(() -> Upgrade.fault(request));
            if (fault.isPresent()) {
                answer(request, fault.get());
            } else {
                upgrade(shard, request, head.peer());
            }
        }
        forgetEarly();
        channel.config().setAutoRead(true);
    }

    private void admit(HttpRequest request, HttpHead head, Admission.Admitted admitted) {
        if (admitted.bodyBytesMax() == 0 && Ambiguity.hasBody(request)) {
            answer(request, HttpAnswer.invalid("This request must not have a body."));
            return;
        }
        Guest guest = new Guest(door, channel, head, request, admitted);
        if (!door.welcome(guest)) {
            answer(
                    request,
                    HttpAnswer.tryAgain("Too many requests at once.", door.retryAfterSeconds()));
            return;
        }
        isSettled = true;
        var _ = channel.pipeline().addLast(guest);
        guest.begin(request);
        early.forEach(
                content -> channel.pipeline().context(this).fireChannelRead(content.retain()));
        channel.pipeline().remove(this);
    }

    private void upgrade(Shard shard, HttpRequest request, Peer peer) {
        var _ = channel.write(Upgrade.accept(request, channel.alloc()), channel.voidPromise());
        stage = Stage.WEB_SOCKET;
        door.clients().adopt(shard, channel, peer, () -> isSettled = true);
        channel.pipeline().remove(this);
        // Leaving, the decoder passes on what it has not read.
        channel.pipeline().remove(RequestDecoder.class);
    }

    /** Answers and ends the connection, leaving the peer a moment to read. */
    private void answer(HttpRequest request, HttpAnswer answer) {
        if (answer.delayMs() > 0) {
            Runnable late = () -> answer(request, answer.after(0));
            var _ = channel.eventLoop().schedule(late, answer.delayMs(), TimeUnit.MILLISECONDS);
            return;
        }
        ByteBuf bytes = answer.encode(channel.alloc(), request.method().equals(HttpMethod.HEAD));
        boolean hasBody =
                request.decoderResult().isFailure()
                        || request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                        || request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
        if (!hasBody) {
            var _ = channel.writeAndFlush(bytes).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        Lingering.end(channel, bytes);
    }
}
