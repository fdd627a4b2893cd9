package dev.evergate.server.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

class FrameEncoderTest {
    private final ByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;

    @Test
    void choosesTheShortestLengthForm() {
        assertThat(hex(FrameEncoder.text(allocator, new byte[125]))).startsWith("817d00");
        assertThat(hex(FrameEncoder.text(allocator, new byte[126]))).startsWith("817e007e00");
        assertThat(hex(FrameEncoder.text(allocator, new byte[65_536])))
                .startsWith("817f000000000001000000");
        for (int length : new int[] {0, 125, 126, 65_535, 65_536}) {
            ByteBuf frame = FrameEncoder.text(allocator, new byte[length]);
            assertThat(frame.readableBytes()).isEqualTo(FrameEncoder.headerBytes(length) + length);
            frame.release();
        }
    }

    @Test
    void cutsALongReasonAtACharacter() {
        ByteBuf frame = FrameEncoder.close(allocator, CloseCode.POLICY, "ä".repeat(100));
        assertThat(frame.readableBytes()).isEqualTo(2 + 2 + 122);
        assertThat(frame.toString(4, 122, StandardCharsets.UTF_8)).isEqualTo("ä".repeat(61));
        frame.release();
    }

    private static String hex(ByteBuf frame) {
        String hex = ByteBufUtil.hexDump(frame);
        frame.release();
        return hex;
    }
}
