package dev.evergate.app.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.journal.Journal;
import dev.evergate.testkit.journal.MemoryDisk;
import dev.evergate.testkit.journal.MemoryJournal;
import dev.evergate.testkit.time.SimLife;
import dev.evergate.testkit.time.SimWorld;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Clients send, generations die, models fail; whatever was acknowledged must be there in the end,
 * once, in order, with a fate.
 */
@Tag("sim")
class GatewaySimulationTest {
    private static final int SEEDS = 150;
    private static final int MESSAGES = 20;
    private static final int KILLS = 6;
    private static final String[] SESSIONS = {"agent:main:main", "agent:main:a", "agent:main:b"};

    @Test
    @Tag("I17")
    @Tag("I18")
    @Tag("I22")
    @Tag("I25")
    void everyAcknowledgedMessageMeetsOneFateInOrderHoweverOftenGenerationsDie() {
        SimWorld.explore(
                SEEDS,
                world ->
                        assertThat(new Story(world, UnaryOperator.identity()).violations())
                                .isEmpty());
    }

    @Test
    @Tag("I17")
    void theAuditCatchesAJournalThatAcknowledgesBeforeItStores() {
        List<String> found = new ArrayList<>();
        for (long seed = 1; seed <= 10; seed++) {
            found.addAll(new Story(new SimWorld(seed), ForgetfulInbox::in).violations());
        }
        assertThat(found).anyMatch(violation -> violation.startsWith("lost: "));
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        var first = new SimWorld(7);
        var second = new SimWorld(7);
        var _ = new Story(first, UnaryOperator.identity()).violations();
        var _ = new Story(second, UnaryOperator.identity()).violations();

        assertThat(first.fingerprint()).isEqualTo(second.fingerprint());
    }

    /** One run: a disk that survives, generations that do not, and clients that ask again. */
    private static final class Story {
        private final SimWorld world;
        private final UnaryOperator<Journal> flaw;
        private final MemoryDisk disk = new MemoryDisk();
        private final Auditor auditor = new Auditor();
        private int generations;
        private SimLife life;
        private Optional<LiveGateway> gateway = Optional.empty();

        Story(SimWorld world, UnaryOperator<Journal> flaw) {
            this.world = world.withStalls(20);
            this.flaw = flaw;
            this.life = world.life("nobody");
        }

        List<String> violations() {
            startGeneration();
            for (int i = 0; i < MESSAGES; i++) {
                String key = "message-" + i;
                String session = SESSIONS[i % SESSIONS.length];
                world.timers().after(pick(3_000), () -> offer(key, session));
            }
            for (int i = 0; i < KILLS; i++) {
                world.timers().after(pick(4_000), this::crash);
            }
            var audit = new MemoryJournal(disk);
            world.runUntil(() -> auditor.acknowledgedCount() == MESSAGES);
            world.advance(10_000);
            world.runUntil(() -> auditor.isSettled(audit));
            world.advance(1_000);
            return auditor.violations(audit);
        }

        private long pick(long belowMs) {
            return (long) (world.entropy().fraction() * belowMs);
        }

        /** Offers a message until it is acknowledged; always under the same key. */
        private void offer(String key, String session) {
            if (auditor.isAcknowledged(key)) {
                return;
            }
            gateway.ifPresent(
                    target ->
                            life.tasks()
                                    .start(
                                            "rpc",
                                            () -> {
                                                try {
                                                    var sent =
                                                            target.send(
                                                                    new Gateway.Message(
                                                                            session,
                                                                            "text of " + key,
                                                                            key,
                                                                            SimGateway.SENDER));
                                                    auditor.acknowledged(sent.runId(), session);
                                                } catch (EvergateException e) {
                                                    // not acknowledged: the client asks again
                                                }
                                            }));
            world.timers().after(100 + pick(200), () -> offer(key, session));
        }

        private void crash() {
            if (gateway.isPresent()) {
                gateway = Optional.empty();
                life.kill();
                world.timers().after(pick(300), this::startGeneration);
            }
        }

        private void startGeneration() {
            generations++;
            life = world.life("generation-" + generations);
            int number = generations;
            life.tasks().start("start", () -> gateway = Optional.of(assemble(number)));
        }

        private LiveGateway assemble(int number) {
            return SimGateway.start(
                    life,
                    flaw.apply(new MemoryJournal(disk)),
                    number,
                    new SimProvider(life, 0.3),
                    auditor::saw);
        }
    }
}
