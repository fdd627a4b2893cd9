package dev.evergate.core.time;

import java.util.Base64;
import java.util.UUID;

/** Makes names for things. Thread-safe. */
public final class Ids {
    private final Time time;
    private final Entropy entropy;

    public Ids(Time time, Entropy entropy) {
        this.time = time;
        this.entropy = entropy;
    }

    /**
     * A UUID version 7 (RFC 9562 section 5.7) as text: unique, and roughly ordered by the time it
     * was made.
     */
    public String next() {
        byte[] random = new byte[10];
        entropy.fill(random);
        long high =
                (time.wallMillis() << 16) | 0x7000 | ((random[0] & 0x0f) << 8) | (random[1] & 0xff);
        long low = 0;
        for (int i = 2; i < 10; i++) {
            low = (low << 8) | (random[i] & 0xff);
        }
        return new UUID(high, (low & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L).toString();
    }

    /** 256 random bits, base64url without padding (43 characters): a token nobody can guess. */
    public String token() {
        byte[] random = new byte[32];
        entropy.fill(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }
}
