package dev.evergate.app.rehearsal;

import dev.evergate.app.handover.Handover;
import dev.evergate.app.handover.Successor;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.link.PeerSocket;
import dev.evergate.keeper.os.PacketSocket;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One scratch gateway hands over to another, both in this process: the way everything is about to
 * come to this generation, and the way it will leave it. Used by one thread.
 */
final class ScratchHandover {
    private static final long STEP_MS = 5_000;

    private final RealWorld world;
    private final Handover leaving;
    private final Successor coming;
    private final ScratchGateway to;

    ScratchHandover(RealWorld world, ScratchGateway from, ScratchGateway to) throws IOException {
        PacketSocket.Pair pair = PacketSocket.pair();
        this.world = world;
        this.to = to;
        this.leaving = from.handOver(world, new PeerSocket(pair.first()));
        this.coming = to.takeOver(world, new PeerSocket(pair.second()));
    }

    /**
     * Moves every connection, then the lease, then lets the predecessor go.
     *
     * @return how many connections have moved
     */
    int run() throws IOException, InterruptedException {
        var gone = new CompletableFuture<Integer>();
        Deadline deadline = world.time().deadlineIn(STEP_MS);
        world.startApart("rehearsal-hand-over", () -> leave(deadline, gone));
        List<ActiveRun> abroad = coming.adopt();
        Epoch epoch = to.enter(abroad, coming);
        coming.serve(epoch.value());
        try {
            int cut = gone.get(2 * STEP_MS, TimeUnit.MILLISECONDS);
            return coming.adopted() - cut;
        } catch (ExecutionException e) {
            throw new IOException("nothing could be handed over: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException("nothing was handed over in " + 2 * STEP_MS + " ms", e);
        }
    }

    private void leave(Deadline deadline, CompletableFuture<Integer> gone) {
        try {
            int _ = leaving.run(deadline);
            gone.complete(leaving.drain(deadline));
        } catch (IOException | RuntimeException e) {
            gone.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            gone.completeExceptionally(e);
        }
    }
}
