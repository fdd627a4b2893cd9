package dev.evergate.server.fetch;

import dev.evergate.api.Blob;
import dev.evergate.core.config.RemotePictures;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What another server answers, read no further than it is wanted. */
sealed interface Reply {
    /** It is here. */
    record Whole(Fetched fetched) implements Reply {}

    /** It is said to be elsewhere. */
    record Elsewhere(String location) implements Reply {}

    /**
     * Reads one answer.
     *
     * @throws FetchRefused if it is of another kind, or too large
     * @throws IOException if the connection fails, or nobody there speaks HTTP
     */
    static Reply read(InputStream in, RemotePictures terms) throws IOException, FetchRefused {
        Reading reading = new Reading(terms);
        try {
            return reading.read(in);
        } finally {
            reading.close();
        }
    }

    /** One reading. For one thread. */
    final class Reading {
        private static final int LINE_BYTES_MAX = 4_096;
        private static final int HEAD_BYTES_MAX = 16_384;
        private static final int PART_BYTES_MAX = 8_192;
        private static final List<Integer> MOVED = List.of(301, 302, 303, 307, 308);

        private final RemotePictures terms;
        private final EmbeddedChannel decoder =
                new EmbeddedChannel(
                        new HttpResponseDecoder(LINE_BYTES_MAX, HEAD_BYTES_MAX, PART_BYTES_MAX));
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private @Nullable String type;

        private Reading(RemotePictures terms) {
            this.terms = terms;
        }

        private Reply read(InputStream in) throws IOException, FetchRefused {
            byte[] buffer = new byte[PART_BYTES_MAX];
            while (true) {
                int count = in.read(buffer);
                if (count < 0) {
                    boolean _ = decoder.finish();
                } else {
                    boolean _ =
                            decoder.writeInbound(
                                    Unpooled.wrappedBuffer(Arrays.copyOf(buffer, count)));
                }
                while (decoder.readInbound() instanceof HttpObject next) {
                    Reply reply = take(next);
                    if (reply != null) {
                        return reply;
                    }
                }
                if (count < 0) {
                    throw new IOException("the answer is not whole");
                }
            }
        }

        private @Nullable Reply take(HttpObject next) throws IOException, FetchRefused {
            try {
                if (next.decoderResult().isFailure()) {
                    throw new IOException("what answers does not speak HTTP");
                }
                if (next instanceof HttpResponse head) {
                    return head(head);
                }
                if (next instanceof HttpContent content && type != null) {
                    byte[] bytes = new byte[content.content().readableBytes()];
                    content.content().readBytes(bytes);
                    require(body.size() + (long) bytes.length);
                    body.writeBytes(bytes);
                    return content instanceof LastHttpContent ? whole(type) : null;
                }
                return null;
            } finally {
                ReferenceCountUtil.release(next);
            }
        }

        private Whole whole(String named) {
            return new Whole(new Fetched(named, Blob.of(body.toByteArray())));
        }

        private @Nullable Reply head(HttpResponse head) throws FetchRefused {
            int status = head.status().code();
            String location = head.headers().get("location");
            if (MOVED.contains(status) && location != null) {
                return new Elsewhere(location.strip());
            }
            if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                return null;
            }
            if (status != 200) {
                throw new FetchRefused("is answered with the status %d".formatted(status));
            }
            String encoding = head.headers().get("content-encoding", "identity");
            if (!encoding.equalsIgnoreCase("identity")) {
                throw new FetchRefused("comes compressed, though nobody asked for that");
            }
            String named = head.headers().get("content-type", "");
            String plain = named.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
            if (!terms.types().contains(plain)) {
                throw new FetchRefused(
                        "is not a picture that is taken (expected: %s)"
                                .formatted(String.join(", ", terms.types())));
            }
            require(HttpUtil.getContentLength(head, 0L));
            type = plain;
            return null;
        }

        private void require(long bytes) throws FetchRefused {
            if (bytes > terms.bytesMax()) {
                throw new FetchRefused("is larger than %d bytes".formatted(terms.bytesMax()));
            }
        }

        private void close() {
            boolean _ = decoder.finishAndReleaseAll();
        }
    }
}
