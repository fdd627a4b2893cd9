package dev.evergate.server.ws;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads client frames (RFC 6455 section 5) and reports whole messages.
 *
 * <p>It consumes whole frames only. So between two calls everything that was read and not yet
 * reported is the unread input plus the half-assembled message, both plain bytes: a connection can
 * be frozen at any moment. Header rules are checked as soon as the header is there, before memory
 * is spent on the payload. Lives on one event loop.
 */
public final class FrameDecoder extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(FrameDecoder.class);

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** An unread remainder in a buffer this much bigger than itself moves to a smaller one. */
    private static final int WASTE_FACTOR = 4;

    private final FrameSink sink;
    private FrameBudget budget;
    private final Scratch scratch;
    private int messageBytesMax;
    private long reservedBytes;
    private boolean isDone;
    private boolean isHeld;
    private boolean isFrozen;

    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf unread;
    private @Nullable Assembly assembly;

    /** The frames of a message so far; {@code isText} by its first frame. */
    private static final class Assembly {
        final boolean isText;
        byte[] bytes;
        int length;

        Assembly(boolean isText, byte[] bytes) {
            this.isText = isText;
            this.bytes = bytes;
            this.length = bytes.length;
        }

        byte[] extend(int more) {
            if (bytes.length - length < more) {
                bytes = Arrays.copyOf(bytes, Math.max(length + more, length + (length >> 1)));
            }
            length += more;
            return bytes;
        }
    }

    /** The header at the start of the unread input. */
    private record Header(boolean isFinal, int opcode, int headerBytes, long payloadBytes) {}

    /**
     * @param messageBytesMax longest message, over all its frames
     */
    public FrameDecoder(FrameSink sink, FrameBudget budget, Scratch scratch, int messageBytesMax) {
        this.sink = sink;
        this.budget = budget;
        this.scratch = scratch;
        this.messageBytesMax = messageBytesMax;
    }

    /** Changes the longest message, and whose memory it takes, from the next frame on. */
    public void widen(int bytes, FrameBudget from) {
        releaseReservation();
        messageBytesMax = bytes;
        budget = from;
    }

    /** Takes over what the message being reported holds of the budget; the caller releases it. */
    public long takeReservation() {
        long bytes = reservedBytes;
        reservedBytes = 0;
        return bytes;
    }

    /** Reports nothing any more and throws away what still arrives. */
    public void finish() {
        isDone = true;
        assembly = null;
        releaseUnread();
        releaseReservation();
    }

    /**
     * Reports nothing until {@link #thaw}; what still arrives is kept. Holds no budget meanwhile.
     */
    public void freeze() {
        isFrozen = true;
        isHeld = false;
        releaseReservation();
    }

    /** Bytes that have been read and not reported. */
    public long heldBytes() {
        long bytes = unread == null ? 0 : unread.readableBytes();
        return assembly == null ? bytes : bytes + assembly.length;
    }

    /** What has been read and not reported, while frozen. */
    public UnreadInput unread() {
        ByteBuf rest = unread;
        byte[] bytes = new byte[rest == null ? 0 : rest.readableBytes()];
        if (rest != null) {
            rest.getBytes(rest.readerIndex(), bytes);
        }
        Assembly begun = assembly;
        if (begun == null) {
            return new UnreadInput(UnreadInput.Begun.NOTHING, new byte[0], bytes);
        }
        return new UnreadInput(
                begun.isText ? UnreadInput.Begun.TEXT : UnreadInput.Begun.BINARY,
                Arrays.copyOf(begun.bytes, begun.length),
                bytes);
    }

    /** Takes over what another decoder had not reported; frozen until {@link #thaw}. */
    public void takeOver(UnreadInput input, ByteBufAllocator allocator) {
        isFrozen = true;
        assembly =
                switch (input.begun()) {
                    case NOTHING -> null;
                    case TEXT -> new Assembly(true, input.message());
                    case BINARY -> new Assembly(false, input.message());
                };
        byte[] bytes = input.bytes();
        unread = bytes.length == 0 ? null : allocator.buffer(bytes.length).writeBytes(bytes);
    }

    /** Goes on: with what is there, then with what comes. The connection must be registered. */
    public void thaw() {
        ChannelHandlerContext ctx = context;
        if (!isFrozen || ctx == null) {
            return;
        }
        isFrozen = false;
        decodeAvailable();
        if (!isHeld && !isDone) {
            ctx.channel().config().setAutoRead(true);
        }
        sink.readComplete();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf input) || isDone) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (isFrozen) {
            append(ctx, input);
            return;
        }
        sink.heard();
        append(ctx, input);
        decodeAvailable();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        sink.readComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        finish();
        sink.gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException || cause.getCause() instanceof IOException)) {
            log.error("A connection ends by a bug", cause);
        }
        // A reset, or no memory for this one's frames: either way only this connection ends.
        var _ = ctx.close();
    }

    private void append(ChannelHandlerContext ctx, ByteBuf input) {
        ByteBuf before = unread;
        if (before == null) {
            unread = input;
            return;
        }
        try {
            int total = before.readableBytes() + input.readableBytes();
            if (input.readableBytes() > before.maxFastWritableBytes() || before.refCnt() > 1) {
                // Doubling keeps what a peer can make us hold within twice what it has sent.
                ByteBuf bigger = ctx.alloc().buffer(Math.max(256, total + (total >> 1)));
                bigger.writeBytes(before);
                before.release();
                unread = bigger;
                before = bigger;
            }
            before.writeBytes(input);
        } finally {
            input.release();
        }
    }

    private void decodeAvailable() {
        while (!isDone && !isHeld && decodeOne()) {
            // one frame a round
        }
        ByteBuf rest = unread;
        if (rest == null) {
            return;
        }
        if (!rest.isReadable()) {
            releaseUnread();
        } else if (rest.readableBytes() < rest.capacity() / WASTE_FACTOR && context != null) {
            ByteBuf smaller = context.alloc().buffer(Math.max(64, rest.readableBytes()));
            smaller.writeBytes(rest);
            rest.release();
            unread = smaller;
        }
    }

    /** Consumes the frame at the start of the unread input, if it is there as a whole. */
    private boolean decodeOne() {
        ByteBuf in = unread;
        if (in == null || in.readableBytes() < 2) {
            return false;
        }
        Header header = header(in);
        if (header == null || !admit(header)) {
            return false;
        }
        int payloadBytes = (int) header.payloadBytes;
        if (in.readableBytes() < header.headerBytes + payloadBytes) {
            return false;
        }
        int mask = in.getInt(in.readerIndex() + header.headerBytes - 4);
        in.skipBytes(header.headerBytes);
        if (Opcode.isControl(header.opcode)) {
            byte[] payload = scratch.take(payloadBytes);
            unmask(in, payload, 0, payloadBytes, mask);
            control(header.opcode, payload, payloadBytes);
        } else {
            data(in, header, payloadBytes, mask);
        }
        return true;
    }

    /** Reads and checks the header; null if it is not there yet or against the rules. */
    private @Nullable Header header(ByteBuf in) {
        int start = in.readerIndex();
        int first = in.getByte(start);
        int second = in.getByte(start + 1);
        int opcode = first & 0x0f;
        boolean isFinal = (first & 0x80) != 0;
        int shortLength = second & 0x7f;
        boolean isMasked = (second & 0x80) != 0;
        boolean isReserved = (first & 0x70) != 0;
        boolean breaksRules =
                isReserved
                        || !isMasked
                        || !Opcode.isKnown(opcode)
                        || (Opcode.isControl(opcode) && (!isFinal || shortLength > 125))
                        || (opcode == Opcode.CONTINUATION && assembly == null)
                        || (!Opcode.isControl(opcode)
                                && opcode != Opcode.CONTINUATION
                                && assembly != null);
        if (breaksRules) {
            violate(CloseCode.PROTOCOL_ERROR);
            return null;
        }
        int lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
        int headerBytes = 2 + lengthBytes + 4;
        if (in.readableBytes() < 2 + lengthBytes) {
            return null;
        }
        long payloadBytes =
                switch (lengthBytes) {
                    case 2 -> in.getUnsignedShort(start + 2);
                    case 8 -> in.getLong(start + 2);
                    default -> shortLength;
                };
        return new Header(isFinal, opcode, headerBytes, payloadBytes);
    }

    /** Whether the message this frame belongs to may be that long, and has its memory. */
    private boolean admit(Header header) {
        if (Opcode.isControl(header.opcode)) {
            return true;
        }
        int soFar = assembly == null ? 0 : assembly.length;
        // A length with its highest bit set reads as negative: more than anybody may send.
        if (header.payloadBytes < 0 || header.payloadBytes > messageBytesMax - soFar) {
            violate(CloseCode.TOO_BIG);
            return false;
        }
        long total = soFar + header.payloadBytes;
        if (budget.isSmall(total) || total <= reservedBytes) {
            return true;
        }
        if (budget.reserve(total - reservedBytes)) {
            reservedBytes = total;
            return true;
        }
        hold();
        return false;
    }

    private void hold() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        isHeld = true;
        ctx.channel().config().setAutoRead(false);
        sink.held(true);
        if (!isDone) {
            budget.whenFree(() -> ctx.executor().execute(this::resume));
        }
    }

    private void resume() {
        ChannelHandlerContext ctx = context;
        if (!isHeld || isDone || ctx == null) {
            return;
        }
        isHeld = false;
        sink.held(false);
        decodeAvailable();
        if (!isHeld && !isDone) {
            ctx.channel().config().setAutoRead(true);
        }
        sink.readComplete();
    }

    private void control(int opcode, byte[] payload, int length) {
        switch (opcode) {
            case Opcode.PING -> sink.ping(payload, length);
            case Opcode.PONG -> sink.pong();
            default -> {
                CloseCode fault = closeFault(payload, length);
                if (fault != null) {
                    violate(fault);
                    return;
                }
                finish();
                sink.closed(
                        length == 0
                                ? CloseCode.NONE
                                : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff));
            }
        }
    }

    private static @Nullable CloseCode closeFault(byte[] payload, int length) {
        if (length == 0) {
            return null;
        }
        int code = length == 1 ? 0 : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
        if (!CloseCode.isValidFromPeer(code)) {
            return CloseCode.PROTOCOL_ERROR;
        }
        byte[] reason = Arrays.copyOfRange(payload, 2, length);
        return Utf8.isValid(reason, reason.length) ? null : CloseCode.NOT_UTF8;
    }

    private void data(ByteBuf in, Header header, int payloadBytes, int mask) {
        Assembly begun = assembly;
        if (begun == null && header.isFinal) {
            byte[] payload = scratch.take(payloadBytes);
            unmask(in, payload, 0, payloadBytes, mask);
            report(header.opcode == Opcode.TEXT, payload, payloadBytes, scratch.fits(payloadBytes));
            return;
        }
        if (begun == null) {
            byte[] payload = new byte[payloadBytes];
            unmask(in, payload, 0, payloadBytes, mask);
            assembly = new Assembly(header.opcode == Opcode.TEXT, payload);
            return;
        }
        int at = begun.length;
        unmask(in, begun.extend(payloadBytes), at, payloadBytes, mask);
        if (header.isFinal) {
            assembly = null;
            report(begun.isText, begun.bytes, begun.length, false);
        }
    }

    private void report(boolean isText, byte[] payload, int length, boolean borrowed) {
        if (isText && !Utf8.isValid(payload, length)) {
            violate(CloseCode.NOT_UTF8);
            return;
        }
        sink.message(payload, length, borrowed);
        releaseReservation();
    }

    private void violate(CloseCode code) {
        finish();
        sink.violated(code);
    }

    private void releaseUnread() {
        ByteBuf rest = unread;
        unread = null;
        if (rest != null) {
            rest.release();
        }
    }

    private void releaseReservation() {
        budget.release(takeReservation());
    }

    /** Moves {@code length} bytes out of {@code in}, undoing the mask (RFC 6455 section 5.3). */
    private static void unmask(ByteBuf in, byte[] target, int offset, int length, int mask) {
        in.readBytes(target, offset, length);
        long wide = ((long) mask << 32) | (mask & 0xffff_ffffL);
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            LONGS.set(target, offset + i, (long) LONGS.get(target, offset + i) ^ wide);
        }
        for (; i < length; i++) {
            target[offset + i] ^= (byte) (mask >>> (24 - 8 * (i & 3)));
        }
    }
}
