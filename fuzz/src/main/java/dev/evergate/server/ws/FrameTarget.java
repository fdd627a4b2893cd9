package dev.evergate.server.ws;

import dev.evergate.fuzz.Input;
import dev.evergate.fuzz.Target;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;

/**
 * Frames, cut anywhere, frozen anywhere and read on by another decoder, mean what {@link
 * FrameModel} says they mean, and nothing of them stays in memory or in the budget.
 */
public final class FrameTarget implements Target {
    private static final int MESSAGE_BYTES_MAX = 4096;
    private static final long BUDGET_BYTES = 1L << 22;
    private static final int NEVER = 255;

    /** The smallest buffer there is. */
    private static final long HELD_BYTES_LEAST = 512;

    @Override
    public List<byte[]> seeds() {
        return List.of(
                Input.of(new int[] {0, NEVER}, frame(0x81, "{\"a\":1}")),
                Input.of(new int[] {3, NEVER}, frame(0x01, "ü"), frame(0x89, "?"), frame(0x80, "")),
                Input.of(new int[] {1, 2}, frame(0x02, "a"), frame(0x00, "b"), frame(0x80, "c")),
                Input.of(new int[] {5, 0}, frame(0x88, "\u0003hbye"), frame(0x81, "late")),
                Input.of(new int[] {2, 1}, frame(0x8a, "x".repeat(125)), frame(0xc1, "packed")),
                Input.of(new int[] {0, 0}, frame(0x81, "x".repeat(4096)), frame(0x82, "")),
                Input.of(new int[] {0, NEVER}, frame(0x81, "x".repeat(4097))));
    }

    private static byte[] frame(int first, String payload) {
        byte[] bytes = Input.utf8(payload);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        if (bytes.length < 126) {
            out.write(0x80 | bytes.length);
        } else {
            out.write(0x80 | 126);
            out.write(bytes.length >> 8);
            out.write(bytes.length);
        }
        byte[] mask = {1, 2, 3, 4};
        out.writeBytes(mask);
        for (int i = 0; i < bytes.length; i++) {
            out.write(bytes[i] ^ mask[i & 3]);
        }
        return out.toByteArray();
    }

    @Override
    public void take(byte[] input) {
        Input in = new Input(input);
        int cuts = in.choice();
        int movesAfter = in.choice();
        byte[] stream = in.rest();

        FrameLog log = new FrameLog();
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        FrameBudget budget = new FrameBudget(BUDGET_BYTES);
        EmbeddedChannel channel = channel(log, budget);
        channel.config().setAllocator(allocator);
        int number = 0;
        long sentBytes = 0;
        for (byte[] piece : Input.pieces(stream, cuts)) {
            if (number++ == movesAfter) {
                channel = moved(channel, log, budget);
                channel.config().setAllocator(allocator);
            }
            ByteBuf bytes = allocator.heapBuffer(piece.length).writeBytes(piece);
            channel.writeInbound(bytes);
            sentBytes += piece.length;
            if (heldBytes(allocator) > 2 * sentBytes + HELD_BYTES_LEAST) {
                throw new AssertionError(
                        "%d bytes are held for %d".formatted(heldBytes(allocator), sentBytes));
            }
        }
        require(log.events().equals(FrameModel.read(stream, MESSAGE_BYTES_MAX)), stream, log);
        decoder(channel).finish();
        var _ = channel.close();
        long left = heldBytes(allocator);
        if (left != 0 || budget.freeBytes() != BUDGET_BYTES) {
            throw new AssertionError(
                    "%d bytes stay in memory, %d in the budget"
                            .formatted(left, BUDGET_BYTES - budget.freeBytes()));
        }
    }

    private static long heldBytes(UnpooledByteBufAllocator allocator) {
        return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
    }

    private static void require(boolean isSame, byte[] stream, FrameLog log) {
        if (!isSame) {
            throw new AssertionError(
                    "it saw %s (expected: %s)"
                            .formatted(log.events(), FrameModel.read(stream, MESSAGE_BYTES_MAX)));
        }
    }

    private static EmbeddedChannel channel(FrameLog log, FrameBudget budget) {
        return new EmbeddedChannel(new FrameDecoder(log, budget, new Scratch(), MESSAGE_BYTES_MAX));
    }

    private static FrameDecoder decoder(EmbeddedChannel channel) {
        return Optional.ofNullable(channel.pipeline().get(FrameDecoder.class)).orElseThrow();
    }

    /** What a restart does with a connection. A decoder that reports nothing any more stays. */
    private static EmbeddedChannel moved(EmbeddedChannel from, FrameLog log, FrameBudget budget) {
        if (log.isOver()) {
            return from;
        }
        FrameDecoder old = decoder(from);
        old.freeze();
        UnreadInput unread = old.unread();
        long heldBytes = old.heldBytes();
        if (heldBytes != unread.bytes().length + unread.message().length) {
            throw new AssertionError(heldBytes + " bytes are held, and others move");
        }
        old.finish();
        EmbeddedChannel to = channel(log, budget);
        decoder(to).takeOver(unread, to.alloc());
        decoder(to).thaw();
        return to;
    }

    /** Most of it for what is compared. */
    @Override
    public int bytesPerByte() {
        return 4096;
    }
}
