package dev.evergate.server.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;

import java.util.List;
import java.util.concurrent.Executor;

/**
 * Stands first where a new connection is to be encrypted, and leaves with its first byte:
 * encryption takes its place, or nothing if the peer does not begin a handshake.
 */
public final class TlsGate extends ByteToMessageDecoder {
    /** The first byte of a handshake record (RFC 8446 section 5.1); no HTTP request begins so. */
    private static final int HANDSHAKE = 22;

    private final TlsKeys keys;
    private final Executor slow;
    private final Runnable onPlain;

    /**
     * @param slow runs what a handshake computes: milliseconds each time
     * @param onPlain is run, before anything is read, if the peer does not encrypt
     */
    public TlsGate(TlsKeys keys, Executor slow, Runnable onPlain) {
        this.keys = keys;
        this.slow = slow;
        this.onPlain = onPlain;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (!in.isReadable()) {
            return;
        }
        // What has come goes on to whoever stands behind us.
        if (in.getUnsignedByte(in.readerIndex()) == HANDSHAKE) {
            ctx.pipeline().replace(this, "tls", keys.handler(slow));
        } else {
            onPlain.run();
            ctx.pipeline().remove(this);
        }
    }
}
