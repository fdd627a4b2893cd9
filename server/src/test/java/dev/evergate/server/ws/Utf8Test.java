package dev.evergate.server.ws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

class Utf8Test {
    @Test
    void agreesWithTheJdkOnRandomBytes() {
        Random random = new Random(20_261_122);
        byte[] starts = {0, 'a', (byte) 0xc2, (byte) 0xe0, (byte) 0xed, (byte) 0xf0, (byte) 0xf4};
        for (int round = 0; round < 30_000; round++) {
            byte[] bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            for (int i = 0; i < bytes.length; i++) {
                int kind = random.nextInt(3);
                if (kind == 0) {
                    bytes[i] = starts[random.nextInt(starts.length)];
                } else if (kind == 1) {
                    bytes[i] = (byte) (0x80 | (bytes[i] & 0x3f));
                }
            }
            assertThat(Utf8.isValid(bytes, bytes.length))
                    .as("round %d: %s", round, java.util.HexFormat.of().formatHex(bytes))
                    .isEqualTo(decodes(bytes));
        }
    }

    private static boolean decodes(byte[] bytes) {
        try {
            var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
