package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.app.handover.Handover;
import dev.evergate.app.handover.Successor;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.time.RealWorld;
import dev.evergate.keeper.link.PeerSocket;
import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.os.PacketSocket;
import dev.evergate.keeper.os.PollSet;
import dev.evergate.keeper.os.TcpListener;
import dev.evergate.testkit.model.FakeOpenAi;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** Two generations of one gateway in this process, behind one listening socket. */
abstract class TwoGenerations {
    static final String TOKEN = "a-test-token";
    private static final long HAND_OVER_MS = 10_000;

    final RealWorld world = new RealWorld(new FaultHandler());
    final FakeOpenAi model = FakeOpenAi.start();
    final List<GatewayAssembly> assemblies = new ArrayList<>();

    @TempDir Path folder;
    private TcpListener listener;
    URI url;

    @BeforeEach
    final void listen() throws Exception {
        assumeTrue(Os.isSupported());
        listener = TcpListener.open("127.0.0.1", 0, 64);
        url = URI.create("http://127.0.0.1:" + listener.port());
        Files.writeString(
                folder.resolve("evergate.json"),
                """
                { gateway: { port: %d, auth: { token: "%s" },
                             http: { endpoints: { chatCompletions: { enabled: true } } } },
                  models: { providers: { fake: { baseUrl: "%s", models: [{ id: "m" }] } } },
                  agents: { defaults: { model: { primary: "fake/m" } } } }
                """
                        .formatted(listener.port(), TOKEN, model.baseUrl()));
    }

    @AfterEach
    final void close() {
        assemblies.forEach(assembly -> assembly.stop(0, 0));
        model.close();
        world.close();
        listener.close();
    }

    final GatewayAssembly start(long generation, long predecessor) throws Exception {
        StateDirectory state = StateDirectory.at(folder).prepare();
        var life = new Door.Life("instance", generation, 0, predecessor, StartMode.NORMAL);
        GatewayAssembly assembly =
                GatewayAssembly.build(
                        world, Plans.plan(world, state, life, OptionalInt.of(duplicate())));
        assemblies.add(assembly);
        assembly.start();
        return assembly;
    }

    /** The same listening socket under another number, as a keeper would send it. */
    private int duplicate() throws IOException {
        PacketSocket.Pair pair = PacketSocket.pair();
        try (var to = pair.first();
                var from = pair.second()) {
            to.send(new byte[] {1}, listener.descriptor());
            return from.receive(1).orElseThrow().descriptors().getFirst().release();
        }
    }

    final GatewayAssembly first() throws Exception {
        GatewayAssembly assembly = start(1, 0);
        var _ = assembly.enter();
        assembly.moved(Phase.RUNNING);
        assembly.serve();
        return assembly;
    }

    /** A hand-over from one generation to another, in steps. */
    final class Change {
        final GatewayAssembly from;
        final GatewayAssembly to;
        final Handover handover;
        final Successor successor;
        final PacketSocket successorsEnd;
        final CompletableFuture<Integer> run = new CompletableFuture<>();

        Change(GatewayAssembly from, GatewayAssembly to) throws IOException {
            PacketSocket.Pair pair = PacketSocket.pair();
            this.from = from;
            this.to = to;
            this.successorsEnd = pair.second();
            from.moved(Phase.HANDING_OVER);
            this.handover = from.handOver(world, new PeerSocket(pair.first()));
            this.successor = to.takeOver(world, new PeerSocket(pair.second()));
            world.startApart(
                    "hand-over",
                    () -> {
                        try {
                            run.complete(handover.run(world.time().deadlineIn(HAND_OVER_MS)));
                        } catch (Exception e) {
                            run.completeExceptionally(e);
                        }
                    });
        }

        /** Whether the successor has something to read. */
        boolean isOffered() {
            try {
                return PollSet.awaitOne(successorsEnd.descriptor(), 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void complete() throws Exception {
            commit(successor.adopt());
        }

        /** The second half: from the lease on. */
        void commit(List<ActiveRun> abroad) throws Exception {
            Epoch epoch = to.enter(abroad, successor);
            to.moved(Phase.RUNNING);
            to.serve();
            successor.serve(epoch.value());
            assertThat(run.get()).isEqualTo(abroad.size());
            from.moved(Phase.DRAINING);
            from.endRoutines();
        }

        void takeBack() throws Exception {
            handover.takeBack();
            from.moved(Phase.RUNNING);
            from.goOn();
        }

        void end(long turnsMs) throws Exception {
            int _ = handover.drain(world.time().deadlineIn(turnsMs));
            from.stop(0, 0);
            assemblies.remove(from);
        }
    }
}
