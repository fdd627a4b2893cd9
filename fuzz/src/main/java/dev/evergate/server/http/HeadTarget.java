package dev.evergate.server.http;

import dev.evergate.fuzz.Input;
import dev.evergate.fuzz.Target;
import dev.evergate.server.exchange.HttpAnswer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A request that is taken is one that the strictest reader takes, and the same one: method, target,
 * host and body. So nobody can stand in front of the gateway and see another (S19).
 */
public final class HeadTarget implements Target {
    @Override
    public List<byte[]> seeds() {
        String host = " HTTP/1.1\r\nHost: localhost:1\r\n";
        return List.of(
                Input.of(new int[] {0}, Input.utf8("GET /" + host + "\r\n")),
                Input.of(
                        new int[] {3},
                        Input.utf8("POST /v1/x?a=b" + host + "Content-Length: 4\r\n\r\nabcdGET")),
                Input.of(
                        new int[] {7},
                        Input.utf8(
                                "POST /"
                                        + host
                                        + "Transfer-Encoding: chunked\r\n\r\n"
                                        + "4;x=y\r\nabcd\r\n0\r\nA: b\r\n\r\n")),
                Input.of(
                        new int[] {0},
                        Input.utf8(
                                "GET /"
                                        + host
                                        + "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
                                        + "Sec-WebSocket-Version: 13\r\n"
                                        + "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n")),
                Input.of(new int[] {1}, Input.utf8("OPTIONS * HTTP/1.0\r\nA:\t b \r\n\r\n")),
                Input.of(
                        new int[] {0},
                        Input.utf8("GET http://localhost:1/" + host + "X: a\r\n b\r\n\r\n")),
                Input.of(
                        new int[] {0},
                        Input.utf8(
                                "POST /"
                                        + host
                                        + "Content-Length: 0\r\nContent-Length: 5\r\n"
                                        + "Transfer-Encoding:\tchunked, x\r\n\r\n")));
    }

    /** What our reader made of the bytes. */
    private static final class Reading {
        private @Nullable HttpRequest request;
        private final StringBuilder body = new StringBuilder();
        private boolean isWhole;
        private boolean hasFailed;

        void add(Object message) {
            if (message instanceof HttpRequest head && request == null) {
                request = head;
                hasFailed = head.decoderResult().isFailure();
            }
            if (message instanceof HttpContent content && !isWhole) {
                hasFailed |= content.decoderResult().isFailure();
                body.append(content.content().toString(StandardCharsets.ISO_8859_1));
                isWhole = message instanceof LastHttpContent;
            }
        }
    }

    @Override
    public void take(byte[] input) {
        Input in = new Input(input);
        int cuts = in.choice();
        byte[] bytes = in.rest();
        Reading reading = read(Input.pieces(bytes, cuts));
        HttpRequest request = reading.request;
        boolean isRefused =
                request == null
                        || request.decoderResult().isFailure()
                        || Ambiguity.in(request).isPresent();
        if (request == null || isRefused) {
            return;
        }
        StrictRequest strict =
                StrictRequest.read(new String(bytes, StandardCharsets.ISO_8859_1))
                        .orElseThrow(() -> new AssertionError("others refuse it: " + request));
        require(request.method().name().equals(strict.method()), "another method", request);
        require(request.uri().equals(strict.target()), "another target", request);
        String host = request.headers().get(HttpHeaderNames.HOST, "");
        // A name with blanks in it, such as a folded one, is no name of ours.
        boolean isName = host.chars().noneMatch(c -> c <= ' ');
        require(!isName || host.equals(strict.host()), "another host", request);
        if (reading.isWhole && !reading.hasFailed) {
            require(
                    strict.body().isPresent() && strict.body().get().contentEquals(reading.body),
                    "another body: " + reading.body + " instead of " + strict.body(),
                    request);
        }
        if (Upgrade.isAsked(request)) {
            upgrade(request);
        }
    }

    private static Reading read(List<byte[]> pieces) {
        Reading reading = new Reading();
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        EmbeddedChannel channel = new EmbeddedChannel(new RequestDecoder());
        for (byte[] piece : pieces) {
            var _ = channel.writeInbound(allocator.heapBuffer(piece.length).writeBytes(piece));
            for (Object message = channel.readInbound();
                    message != null;
                    message = channel.readInbound()) {
                reading.add(message);
                ReferenceCountUtil.release(message);
            }
        }
        var _ = channel.finishAndReleaseAll();
        long left = allocator.metric().usedHeapMemory();
        if (left != 0) {
            throw new AssertionError(left + " bytes stay in memory");
        }
        return reading;
    }

    private static void upgrade(HttpRequest request) {
        Optional<HttpAnswer> fault = Upgrade.fault(request);
        ByteBuf answer =
                fault.map(error -> error.encode(UnpooledByteBufAllocator.DEFAULT, false))
                        .orElseGet(() -> Upgrade.accept(request, UnpooledByteBufAllocator.DEFAULT));
        String text = answer.toString(StandardCharsets.ISO_8859_1);
        answer.release();
        boolean isAccepted = text.startsWith("HTTP/1.1 101 Switching Protocols\r\n");
        require(isAccepted == fault.isEmpty(), text, request);
        require(
                !isAccepted
                        || (text.indexOf("\r\n\r\n") == text.length() - 4
                                && text.lines().count() == 5
                                && !text.toLowerCase(Locale.ROOT).contains("extensions")),
                text,
                request);
    }

    private static void require(boolean isSo, String otherwise, HttpRequest request) {
        if (!isSo) {
            throw new AssertionError(otherwise + ": " + request);
        }
    }

    @Override
    public int bytesPerByte() {
        return 1024;
    }

    /** A decoder of its own for each input, and what is compared. */
    @Override
    public int bytesAtLeast() {
        return 512 * 1024;
    }
}
