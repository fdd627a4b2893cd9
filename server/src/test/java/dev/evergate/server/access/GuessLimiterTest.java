package dev.evergate.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.ConfigSnapshot.RateLimit;
import dev.evergate.core.time.Time;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

class GuessLimiterTest {
    private static final Optional<String> NOBODY = Optional.empty();

    private final AtomicLong nowMs = new AtomicLong();
    private RateLimit limit = RateLimit.DEFAULTS;
    private final GuessLimiter limiter =
            new GuessLimiter(
                    new Time() {
                        @Override
                        public long wallMillis() {
                            return nowMs.get();
                        }

                        @Override
                        public long nanos() {
                            return nowMs.get() * 1_000_000;
                        }
                    },
                    () -> limit);

    private static Peer peer(String address) throws UnknownHostException {
        InetAddress parsed = InetAddress.getByName(address);
        return new Peer(
                parsed, false, parsed.isLoopbackAddress(), "localhost:18789", Optional.empty());
    }

    private void fail(String address, int times) throws UnknownHostException {
        for (int i = 0; i < times; i++) {
            assertThat(limiter.lockedMs(peer(address), NOBODY)).isZero();
            assertThat(limiter.failed(peer(address), NOBODY)).isZero();
        }
    }

    @Test
    void locksAnAddressOutAfterTenFailuresForFiveMinutes() throws Exception {
        fail("203.0.113.9", 10);

        assertThat(limiter.lockedMs(peer("203.0.113.9"), NOBODY)).isEqualTo(300_000);
        assertThat(limiter.lockedMs(peer("203.0.113.10"), NOBODY)).isZero();
        nowMs.addAndGet(300_001);
        assertThat(limiter.lockedMs(peer("203.0.113.9"), NOBODY)).isZero();
    }

    @Test
    void forgetsFailuresWhenTheirMinuteIsOver() throws Exception {
        fail("203.0.113.9", 9);
        nowMs.addAndGet(60_001);
        fail("203.0.113.9", 9);

        assertThat(limiter.lockedMs(peer("203.0.113.9"), NOBODY)).isZero();
    }

    @Test
    void countsGuessesThatWereUnderWayTogetherWhenItLockedOut() throws Exception {
        fail("203.0.113.9", 10);
        nowMs.addAndGet(61_000);
        var _ = limiter.failed(peer("203.0.113.9"), NOBODY);

        assertThat(limiter.lockedMs(peer("203.0.113.9"), NOBODY)).isEqualTo(300_000);
    }

    @Test
    void followsALimitThatChanges() throws Exception {
        fail("203.0.113.9", 3);
        limit = new RateLimit(3, 60_000, 5_000, false);
        assertThat(limiter.lockedMs(peer("203.0.113.9"), NOBODY)).isEqualTo(5_000);
        var _ = limiter.failed(peer("127.0.0.1"), NOBODY);
        var _ = limiter.failed(peer("127.0.0.1"), NOBODY);
        var _ = limiter.failed(peer("127.0.0.1"), NOBODY);
        assertThat(limiter.lockedMs(peer("127.0.0.1"), NOBODY)).isEqualTo(5_000);

        limit = RateLimit.DEFAULTS;
        assertThat(limiter.lockedMs(peer("203.0.113.9"), NOBODY)).isZero();
        assertThat(limiter.lockedMs(peer("127.0.0.1"), NOBODY)).isZero();
    }

    @Test
    void countsMappedAddressesAndNeighboursTogether() throws Exception {
        fail("::ffff:203.0.113.9", 5);
        fail("203.0.113.9", 5);
        assertThat(limiter.lockedMs(peer("203.0.113.9"), NOBODY)).isPositive();

        fail("2001:db8::1", 5);
        fail("2001:db8::2", 5);
        assertThat(limiter.lockedMs(peer("2001:db8::3"), NOBODY)).isPositive();
        assertThat(limiter.lockedMs(peer("2001:db8:0:1::1"), NOBODY)).isZero();
    }

    @Test
    void delaysLoopbackMoreAndMoreButNeverLocksIt() throws Exception {
        assertThat(limiter.failed(peer("127.0.0.1"), NOBODY)).isEqualTo(300);
        assertThat(limiter.failed(peer("127.0.0.1"), NOBODY)).isEqualTo(350);
        long delayMs = 0;
        for (int i = 0; i < 30; i++) {
            delayMs = limiter.failed(peer("127.0.0.1"), NOBODY);
        }
        assertThat(delayMs).isEqualTo(800);
        assertThat(limiter.lockedMs(peer("127.0.0.1"), NOBODY)).isZero();
    }
}
