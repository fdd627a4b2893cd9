package dev.evergate.app;

import dev.evergate.app.handover.Successor;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.link.PeerSocket;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How a generation comes to serve: alone, or out of the hands of a predecessor.
 *
 * <p>One thread enters and serves; {@link #goAlone} may come from another at any time.
 */
final class Entry {
    private static final Logger log = LoggerFactory.getLogger(Entry.class);

    private final Optional<PeerSocket> predecessor;
    private final long deadlineMs;
    private final CountDownLatch isAlone = new CountDownLatch(1);
    private @Nullable Successor successor;
    private @Nullable Epoch epoch;

    /**
     * @param predecessor who gives; empty if nobody does
     * @param deadlineMs for how long it may take to hear how a hand-over ends
     */
    Entry(Optional<PeerSocket> predecessor, long deadlineMs) {
        this.predecessor = predecessor;
        this.deadlineMs = deadlineMs;
    }

    /** The predecessor is dead: what it has not given is not waited for. */
    void goAlone() {
        isAlone.countDown();
    }

    /**
     * Takes what the predecessor gives, then the lease.
     *
     * @throws EvergateException if that fails and the predecessor lives
     */
    void enter(RealWorld world, GatewayAssembly assembly) throws InterruptedException {
        if (predecessor.isPresent()) {
            Successor taking = assembly.takeOver(world, predecessor.get());
            try {
                List<ActiveRun> abroad = taking.adopt();
                epoch = assembly.enter(abroad, taking);
                successor = taking;
                return;
            } catch (IOException | IllegalArgumentException e) {
                log.warn("The hand-over broke off: {}", e.getMessage());
                awaitDeath(String.valueOf(e.getMessage()));
            }
        }
        epoch = assembly.enter();
    }

    /** Only when the predecessor is dead its lease may be taken without its consent. */
    private void awaitDeath(String why) throws InterruptedException {
        if (!isAlone.await(deadlineMs, TimeUnit.MILLISECONDS)) {
            throw new EvergateException(ErrorCode.INTERNAL, "The hand-over failed: " + why);
        }
    }

    /** Tells everybody that this generation serves. */
    void serve(Door door) {
        Successor taking = successor;
        Epoch taken = epoch;
        if (taking == null || taken == null) {
            door.ready();
        } else {
            door.committed(taken.value(), taking.adopted());
            taking.serve(taken.value());
        }
    }
}
