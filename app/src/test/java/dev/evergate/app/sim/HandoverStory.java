package dev.evergate.app.sim;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Journal;
import dev.evergate.testkit.journal.MemoryDisk;
import dev.evergate.testkit.journal.MemoryJournal;
import dev.evergate.testkit.time.SimLife;
import dev.evergate.testkit.time.SimWorld;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One run: clients that ask until they are acknowledged, one of them watching; generations that
 * hand over to each other, end and die; a keeper that knows who is dead.
 */
final class HandoverStory {
    private static final int MESSAGES = 24;
    private static final int RESTARTS = 5;
    private static final int ABORTS = 5;
    private static final long TELLING_MS = 5_000;
    private static final long FOR_EVER_MS = 3_000_000;
    private static final String[] SESSIONS = {"agent:main:main", "agent:main:a", "agent:main:b"};

    /** What is broken on purpose. */
    enum Flaw {
        NONE,
        /** Whoever wants to begins a turn. */
        LEASE_NOT_CHECKED,
        /** The successor takes up all that is pending before it is told what runs abroad. */
        PENDING_BEFORE_ABROAD,
        /** The successor does not notice that its predecessor is gone. */
        DEATH_UNNOTICED
    }

    private final SimWorld world;
    private final Flaw flaw;
    private final int kills;
    private final MemoryDisk disk = new MemoryDisk();
    private final Auditor auditor = new Auditor();
    private final List<Generation> alive = new ArrayList<>();
    private int generations;
    private int restarts;
    private boolean isOver;

    HandoverStory(SimWorld world, Flaw flaw, int kills) {
        this.world = world.withStalls(20);
        this.flaw = flaw;
        this.kills = kills;
    }

    List<String> violations() {
        world.tasks().start("keeper", this::keep);
        for (int i = 0; i < MESSAGES; i++) {
            String key = "message-" + i;
            String session = SESSIONS[i % SESSIONS.length];
            String text = i % 8 == 7 ? "/whoami" : "text of " + key;
            world.timers().after(pick(TELLING_MS), () -> offer(key, session, text));
        }
        for (int i = 0; i < ABORTS; i++) {
            String key = "message-" + pick(MESSAGES);
            world.timers().after(pick(TELLING_MS), () -> abort(key));
        }
        for (int i = 0; i < kills; i++) {
            world.timers().after(pick(TELLING_MS), this::killSomebody);
        }
        var audit = new MemoryJournal(disk);
        world.runUntil(() -> auditor.acknowledgedCount() == MESSAGES && restarts == RESTARTS);
        isOver = true;
        world.advance(20_000);
        boolean isSettled = world.await(() -> auditor.isSettled(audit), 600_000);
        List<String> found = new ArrayList<>(auditor.violations(audit));
        if (!isSettled) {
            found.add("something never ends");
        }
        if (kills == 0) {
            found.addAll(auditor.violationsWithoutADeath(audit));
        }
        return found;
    }

    private long pick(long below) {
        return (long) (world.entropy().fraction() * below);
    }

    // ---- clients -------------------------------------------------------------------------------

    private void offer(String key, String session, String text) {
        if (auditor.isAcknowledged(key)) {
            return;
        }
        var message = new Gateway.Message(session, text, key, SimGateway.SENDER);
        onSomebody(gateway -> auditor.acknowledged(gateway.send(message).runId(), session));
        world.timers().after(100 + pick(200), () -> offer(key, session, text));
    }

    private void abort(String key) {
        auditor.sessionOf(key)
                .ifPresent(
                        session ->
                                onSomebody(
                                        gateway -> {
                                            auditor.unwanted(key);
                                            var _ = gateway.abort(session, Optional.of(key));
                                        }));
    }

    /** While two live, a connection is with the one or with the other. */
    private void onSomebody(Consumer<LiveGateway> request) {
        if (alive.isEmpty()) {
            return;
        }
        Generation target = alive.get((int) pick(alive.size()));
        target.life
                .tasks()
                .start(
                        "rpc",
                        () -> {
                            try {
                                request.accept(target.gateway);
                            } catch (EvergateException e) {
                                // not acknowledged: the client asks again
                            }
                        });
    }

    // ---- the keeper ----------------------------------------------------------------------------

    private void keep() {
        Generation serving = startAlone();
        while (true) {
            Generation old = serving;
            boolean hasDied = world.await(old::isDead, isOver ? FOR_EVER_MS : pick(1_200));
            if (hasDied) {
                serving = startAlone();
            } else if (!isOver) {
                serving = restart(old);
                restarts = Math.min(RESTARTS, restarts + 1);
            }
        }
    }

    private Generation startAlone() {
        world.pause(pick(300));
        auditor.reconnected();
        Generation fresh = new Generation(new Peer());
        fresh.adopt();
        fresh.life.tasks().start("start", () -> fresh.enterAlone());
        return fresh;
    }

    /** Who serves afterwards. */
    private Generation restart(Generation old) {
        var peer = new Peer();
        Generation next = new Generation(peer);
        next.life.tasks().start("peer", () -> next.takeOverFrom(old, peer));
        old.life.tasks().start("hand-over", () -> old.handOverTo(next, peer));
        boolean _ = world.await(() -> next.hasEntered || next.isDead(), FOR_EVER_MS);
        if (next.hasEntered && !next.isDead()) {
            boolean _ =
                    world.await(() -> old.hasEnded || old.isDead() || next.isDead(), FOR_EVER_MS);
            if (!next.isDead()) {
                old.die();
                return next;
            }
        }
        if (next.hasEntered) {
            old.forsake(); // it still ends its turns, or finds itself fenced
            return startAlone();
        }
        boolean hasNoticed = world.await(() -> !old.isHandingOver || old.isDead(), FOR_EVER_MS);
        if (!hasNoticed || old.isDead()) {
            return startAlone();
        }
        takeBack(old, next, peer);
        return old;
    }

    /** The successor is dead: what it has not adopted is the old one's. */
    private void takeBack(Generation old, Generation next, Peer peer) {
        if (next.isWatched) {
            auditor.reconnected();
        } else {
            peer.sinceBatch().forEach(auditor::saw);
        }
        old.isWatched = true;
        old.peer = new Peer();
        old.life.tasks().start("go-on", () -> old.gateway.goOn(old.lease()));
    }

    private void killSomebody() {
        if (!alive.isEmpty()) {
            alive.get((int) pick(alive.size())).die();
        }
    }

    // ---- generations ---------------------------------------------------------------------------

    /** What stands in the socket between two generations. */
    private static final class Peer {
        private final Deque<Runnable> items = new ArrayDeque<>();
        private final List<GatewayEvent> afterBatch = new ArrayList<>();
        private boolean isOpen;
        private boolean hasBatch;

        void say(Runnable item) {
            items.add(item);
        }

        List<GatewayEvent> sinceBatch() {
            return afterBatch;
        }
    }

    /** One life, as predecessor and as successor. */
    private final class Generation {
        private final int number = ++generations;
        private final SimLife life = world.life("generation-" + number);
        private final Journal journal = journal();
        private final LiveGateway gateway =
                SimGateway.build(life, journal, new SimProvider(life, 0.3), this::saw, _ -> {});

        /** Where its events go during a hand-over. */
        private Peer peer;

        /** Whether the client that watches is connected here. */
        private boolean isWatched;

        private boolean isHandingOver;
        private boolean hasEntered;
        private boolean hasEnded;
        private Optional<Generation> successor = Optional.empty();

        Generation(Peer peer) {
            this.peer = peer;
        }

        private Journal journal() {
            Journal memory = new MemoryJournal(disk);
            var turns = flaw == Flaw.LEASE_NOT_CHECKED ? new UnfencedTurns(memory) : memory.turns();
            return new SlowBeginnings(turns, world, this::beginningMs).in(memory);
        }

        /** Now and then longer than a pause waits for it. */
        private long beginningMs() {
            return pick(6) == 0 ? pick(1_500) : pick(5);
        }

        Epoch lease() {
            return SimGateway.lease(journal, number);
        }

        boolean isDead() {
            return life.isKilled();
        }

        void die() {
            alive.remove(this);
            life.kill();
        }

        /** Nobody hears it any more, but it lives. */
        void forsake() {
            alive.remove(this);
            isWatched = false;
            peer = new Peer();
        }

        private void saw(GatewayEvent event) {
            if (isWatched) {
                auditor.saw(event);
            }
            if (peer.isOpen) {
                Peer to = peer;
                successor.ifPresent(next -> to.say(() -> next.gateway.hear(event)));
                if (to.hasBatch) {
                    to.afterBatch.add(event);
                }
            }
        }

        void enterAlone() {
            gateway.enter(lease());
            hasEntered = true;
        }

        void handOverTo(Generation next, Peer to) {
            isHandingOver = true;
            peer = to;
            successor = Optional.of(next);
            to.isOpen = true;
            world.pause(pick(100));
            var _ = gateway.pause();
            world.pause(pick(100));
            isWatched = false;
            to.hasBatch = true;
            to.say(next::adopt);
            world.pause(pick(100));
            List<ActiveRun> abroad = gateway.pause();
            to.say(() -> next.enter(abroad, this));
            boolean _ = world.await(() -> next.hasEntered || next.isDead(), FOR_EVER_MS);
            isHandingOver = false;
            if (!next.hasEntered) {
                return;
            }
            world.pause(pick(50));
            gateway.leaveTo(runId -> to.say(() -> next.hearAccepted(runId)));
            gateway.drain(world.time().deadlineIn(kills == 0 ? FOR_EVER_MS : pick(3_000)));
            world.pause(pick(100));
            to.say(next::predecessorGone);
            hasEnded = true;
        }

        /** From here on clients reach it. */
        private void adopt() {
            isWatched = true;
            alive.add(this);
        }

        void takeOverFrom(Generation old, Peer from) {
            while (true) {
                boolean _ = world.await(() -> !from.items.isEmpty() || old.isDead(), FOR_EVER_MS);
                if (from.items.isEmpty()) {
                    break;
                }
                if (pick(4) == 0) {
                    world.pause(pick(30));
                }
                from.items.remove().run();
            }
            if (hasEntered) {
                predecessorGone();
            } else {
                if (!isWatched) {
                    auditor.reconnected();
                    adopt();
                }
                enterAlone();
            }
        }

        private void enter(List<ActiveRun> abroad, Generation old) {
            world.pause(pick(100));
            Epoch epoch = lease();
            world.pause(pick(100));
            gateway.enter(
                    epoch,
                    flaw == Flaw.PENDING_BEFORE_ABROAD ? List.of() : abroad,
                    runId -> old.life.tasks().start("stop", () -> old.gateway.stop(runId)));
            hasEntered = true;
        }

        private void hearAccepted(String runId) {
            if (flaw != Flaw.DEATH_UNNOTICED) {
                gateway.accepted(runId);
            }
        }

        private void predecessorGone() {
            if (flaw != Flaw.DEATH_UNNOTICED) {
                gateway.predecessorGone();
            }
        }
    }
}
