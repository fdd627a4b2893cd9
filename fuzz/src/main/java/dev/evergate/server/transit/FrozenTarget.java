package dev.evergate.server.transit;

import dev.evergate.fuzz.Target;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** A frozen session that can be read is written, and read again, as the same. */
public final class FrozenTarget implements Target {
    /** None: those of the corpus are what earlier releases wrote, too. */
    @Override
    public List<byte[]> seeds() {
        return List.of();
    }

    @Override
    public void take(byte[] input) throws IOException {
        FrozenSession session;
        try {
            session = FrozenCodec.decode(input);
        } catch (IOException refused) {
            return;
        }
        byte[] written = FrozenCodec.encode(session);
        byte[] again = FrozenCodec.encode(FrozenCodec.decode(written));
        if (!Arrays.equals(written, again)) {
            throw new AssertionError("it is another one after the second move");
        }
    }
}
