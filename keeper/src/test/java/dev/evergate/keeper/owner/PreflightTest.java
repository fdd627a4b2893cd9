package dev.evergate.keeper.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.os.ProcessTable.Effort;
import dev.evergate.keeper.owner.Look.Proof;
import dev.evergate.keeper.owner.Look.Voice;
import dev.evergate.keeper.owner.Preflight.Decision;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.Optional;
import java.util.function.LongFunction;

@Tag("I7")
class PreflightTest {
    private static final OwnerRecord OWNER =
            new OwnerRecord(4711, 99, "boot", "uuid", "0.1.0", 3, "");
    private static final Voice.Silent SILENT = new Voice.Silent("no answer");
    private static final Proof WELL = new Proof(true, "HTTP/1.1 200 OK");
    private static final Proof ILL = new Proof(false, "HTTP/1.1 503 Service Unavailable");

    private final Preflight preflight = new Preflight();

    private static Voice answers(String phase, long generation, Proof proof) {
        return new Voice.Answers(4711, "uuid", phase, generation, "127.0.0.1:1", proof);
    }

    private static Look look(long atMs, char state, Effort effort, Voice voice) {
        return new Look(atMs, Optional.of(OWNER), state, effort, voice);
    }

    private static Look idle(long atMs, Voice voice) {
        return look(atMs, 'S', new Effort(0, 0), voice);
    }

    /** Looks every quarter of a second; the time of the first decision that is not to wait. */
    private long decidedAtMs(LongFunction<Look> world, Class<? extends Decision> expected) {
        for (long atMs = 0; atMs < 200_000; atMs += 250) {
            Look look = world.apply(atMs);
            // The clock counts from some past moment.
            Decision decision =
                    preflight.decide(
                            new Look(
                                    look.atMs() + 1_000_000_000L,
                                    look.owner(),
                                    look.state(),
                                    look.effort(),
                                    look.voice()));
            if (!(decision instanceof Decision.Wait)) {
                assertThat(decision).isInstanceOf(expected);
                return atMs;
            }
        }
        return -1;
    }

    @Test
    void givesWayAtOnceToAnOwnerThatProvesItself() {
        Decision decision = preflight.decide(idle(0, answers("serving", 3, WELL)));

        assertThat(decision)
                .isEqualTo(
                        new Decision.GiveWay(
                                "keeper pid 4711, generation 3, at 127.0.0.1:1", "it serves"));
    }

    @Test
    void waitsForOneThatStartsSlowlyAndNeverTakesItOver() {
        assertThat(
                        decidedAtMs(
                                atMs -> idle(atMs, answers("booting", 1, Proof.NONE)),
                                Decision.GiveWay.class))
                .isEqualTo(90_000);
    }

    @Test
    void takesOverOneThatIsStoppedForASecond() {
        assertThat(
                        decidedAtMs(
                                atMs -> look(atMs, 'T', new Effort(5, 5), SILENT),
                                Decision.TakeOver.class))
                .isEqualTo(1_000);
    }

    @Test
    void aSecondWithAnInterruptionIsNoSecond() {
        assertThat(
                        decidedAtMs(
                                atMs ->
                                        atMs == 750
                                                ? idle(atMs, answers("serving", 3, ILL))
                                                : look(atMs, 'T', new Effort(5, 5), SILENT),
                                Decision.TakeOver.class))
                .isEqualTo(2_000);
    }

    @Test
    void takesOverOneThatSaysAndDoesNothing() {
        assertThat(decidedAtMs(atMs -> idle(atMs, SILENT), Decision.TakeOver.class))
                .isEqualTo(3_000);
    }

    @Test
    void oneThatComputesGetsMoreTime() {
        assertThat(
                        decidedAtMs(
                                atMs -> look(atMs, 'R', new Effort(atMs / 2, 0), SILENT),
                                Decision.TakeOver.class))
                .isEqualTo(15_000);
    }

    @Test
    void oneThatWaitsForACoreOrADiskIsNeverTakenOver() {
        assertThat(
                        decidedAtMs(
                                atMs -> look(atMs, 'R', new Effort(atMs / 10, atMs / 2), SILENT),
                                Decision.GiveWay.class))
                .isGreaterThanOrEqualTo(90_000);
        Preflight other = new Preflight();
        for (long atMs = 0; atMs < 90_000; atMs += 1_000) {
            assertThat(other.decide(look(atMs, 'D', new Effort(0, 0), SILENT)))
                    .isInstanceOf(Decision.Wait.class);
        }
    }

    @Test
    void oneWhoseGatewayProvesNothingIsTakenOverUnlessItHealsItself() {
        assertThat(
                        decidedAtMs(
                                atMs -> idle(atMs, answers("serving", 3, ILL)),
                                Decision.TakeOver.class))
                .isEqualTo(20_000);
        Preflight other = new Preflight();
        for (long atMs = 0; atMs < 60_000; atMs += 1_000) {
            // A new generation every ten seconds: somebody works on it.
            assertThat(other.decide(idle(atMs, answers("serving", atMs / 10_000, ILL))))
                    .isInstanceOf(Decision.Wait.class);
        }
    }

    @Test
    void whoCannotBeToldFromItsFileIsNeverTakenOver() {
        assertThat(
                        decidedAtMs(
                                atMs ->
                                        new Look(
                                                atMs,
                                                Optional.empty(),
                                                '?',
                                                new Effort(0, 0),
                                                SILENT),
                                Decision.GiveWay.class))
                .isEqualTo(15_000);
    }

    @Test
    void believesOnlyExactly200FromTheInstanceItMeans() {
        String head = "HTTP/1.1 200 OK\r\n\r\n";
        assertThat(StrictProbe.judge(head + "{\"instance\":\"uuid\"}", "uuid").isHealthy())
                .isTrue();
        assertThat(StrictProbe.judge(head + "{\"instance\":\"other\"}", "uuid").text())
                .isEqualTo("HTTP/1.1 200 OK, another instance");
        for (String status : new String[] {"204 No Content", "404 Not Found", "503 x", "2000 x"}) {
            String answer = "HTTP/1.1 " + status + "\r\n\r\n{\"instance\":\"uuid\"}";
            assertThat(StrictProbe.judge(answer, "uuid").isHealthy()).as(status).isFalse();
        }
        assertThat(StrictProbe.judge("", "uuid").text()).isEqualTo("no HTTP answer");
    }
}
