package dev.evergate.keeper.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.keeper.time.HostTime;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

class OsCallsTest {
    @TempDir Path folder;

    @BeforeEach
    void needsASupportedSystem() {
        assumeTrue(Os.isSupported());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void datagramsKeepTheirBordersAndCarryDescriptors() throws Exception {
        Path path = folder.resolve("a.sock");
        try (PacketSocket listening = PacketSocket.listen(path, 4);
                PacketSocket client = PacketSocket.connect(path);
                PacketSocket server = listening.accept().orElseThrow();
                TcpListener listener = TcpListener.open("127.0.0.1", 0, 16)) {
            client.send(bytes("one"));
            client.send(bytes("two"), listener.descriptor(), listener.descriptor());

            assertThat(server.receive(100).orElseThrow().bytes()).isEqualTo(bytes("one"));
            PacketSocket.Packet second = server.receive(100).orElseThrow();
            assertThat(second.bytes()).isEqualTo(bytes("two"));
            assertThat(second.descriptors()).hasSize(2);
            try (TcpListener copy = new TcpListener(second.descriptors().get(0))) {
                assertThat(copy.port()).isEqualTo(listener.port());
            }
            second.descriptors().get(1).close();
            assertThat(server.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
        }
    }

    @Test
    @Tag("S17")
    void aListeningSocketIsItsOwnersAlone() throws Exception {
        Path path = folder.resolve("own.sock");
        try (PacketSocket _ = PacketSocket.listen(path, 4)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aDatagramThatDoesNotFitIsAnErrorAndNotCut() throws Exception {
        Path path = folder.resolve("b.sock");
        try (PacketSocket listening = PacketSocket.listen(path, 4);
                PacketSocket client = PacketSocket.connect(path);
                PacketSocket server = listening.accept().orElseThrow()) {
            client.send(new byte[200]);

            assertThatThrownBy(() -> server.receive(100))
                    .isInstanceOf(OsException.class)
                    .hasMessageContaining("EMSGSIZE");
        }
    }

    @Test
    void theStreamEndsWhenThePeerIsGone() throws Exception {
        Path path = folder.resolve("c.sock");
        try (PacketSocket listening = PacketSocket.listen(path, 4)) {
            PacketSocket client = PacketSocket.connect(path);
            PacketSocket server = listening.accept().orElseThrow();
            client.close();

            assertThat(PollSet.awaitOne(server.descriptor(), 1_000)).isTrue();
            assertThat(server.receive(100)).isEmpty();
            assertThatThrownBy(() -> server.send(bytes("x")))
                    .isInstanceOfSatisfying(
                            OsException.class, e -> assertThat(e.is(Errno.EPIPE)).isTrue());
            server.close();
        }
    }

    @Test
    void bindsBelowAPathLongerThanASocketAddress() throws Exception {
        Path deep =
                Files.createDirectories(folder.resolve("d".repeat(100)).resolve("e".repeat(100)));
        Path path = deep.resolve("keeper.sock");
        try (PacketSocket _ = PacketSocket.listen(path, 4);
                PacketSocket _ = PacketSocket.listen(path, 4);
                PacketSocket client = PacketSocket.connect(path)) {
            assertThat(client.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
            assertThat(deep.resolve("keeper.sock.new")).doesNotExist();
        }
    }

    @Test
    void listensOnBothFamiliesAndAcceptsWithoutWaiting() throws Exception {
        for (String address : new String[] {"127.0.0.1", "::1"}) {
            try (TcpListener listener = TcpListener.open(address, 0, 16)) {
                assertThat(listener.accept()).isEmpty();
                try (Socket client = new Socket(InetAddress.ofLiteral(address), listener.port())) {
                    assertThat(PollSet.awaitOne(listener.descriptor(), 1_000)).isTrue();
                    try (TcpStream stream = listener.accept().orElseThrow()) {
                        assertThat(stream.write(bytes("hi"))).isTrue();
                        stream.endOutput();
                        assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes("hi"));
                    }
                }
            }
        }
    }

    @Test
    void namesTheErrorAndTheHolderOfATakenPort() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = other.getLocalPort();

            assertThatThrownBy(() -> TcpListener.open("127.0.0.1", port, 16))
                    .isInstanceOf(OsException.class)
                    .hasMessage("bind 127.0.0.1:%d: address already in use (EADDRINUSE 98)", port);
            assertThat(PortHolder.find(port))
                    .extracting(PortHolder::pid)
                    .containsExactly(ProcessHandle.current().pid());
        }
    }

    @Test
    void refusesAnAddressThatIsNoLiteral() {
        assertThatThrownBy(() -> TcpListener.open("localhost", 0, 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'localhost' (expected: an IPv4 or IPv6 address)");
    }

    @Test
    void aLockHasOneHolderWhateverPathLeadsToIt() throws Exception {
        Path file = folder.resolve("lock");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        try (FileLock _ = FileLock.tryLock(file).orElseThrow()) {
            Files.newInputStream(file).close();

            assertThat(FileLock.tryLock(link)).isEmpty();
        }
        FileLock.tryLock(link).orElseThrow().close();
    }

    @Test
    void wakesAWaitingThread() throws Exception {
        try (WakeUp wakeUp = new WakeUp()) {
            assertThat(PollSet.awaitOne(wakeUp.descriptor(), 0)).isFalse();
            wakeUp.ring();
            wakeUp.ring();
            assertThat(PollSet.awaitOne(wakeUp.descriptor(), 0)).isTrue();
            wakeUp.clear();
            assertThat(PollSet.awaitOne(wakeUp.descriptor(), 0)).isFalse();
        }
    }

    @Test
    void findsChildrenAndLeavesTheirExitCodesToTheJdk() throws Exception {
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            assertThat(ProcessTable.children(ProcessHandle.current().pid()))
                    .anyMatch(entry -> entry.pid() == child.pid() && entry.state() != 'Z');
            assertThat(ProcessTable.find(child.pid()).orElseThrow().startTicks()).isPositive();
            assertThat(ProcessControl.signal(child.pid(), ProcessControl.SIGKILL)).isTrue();
            assertThat(child.waitFor()).isEqualTo(137);
            assertThat(ProcessControl.reap(child.pid())).isFalse();
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void aClosedDescriptorIsNeverUsedAgain() throws Exception {
        TcpListener listener = TcpListener.open("127.0.0.1", 0, 16);
        listener.close();
        listener.close();

        assertThatThrownBy(listener::port).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aProcessThatIsOverIsNotTakenForOneThatRuns() throws Exception {
        // The child's parent becomes a program that never asks what became of it.
        Process process = new ProcessBuilder("sh", "-c", "true & exec sleep 60").start();
        try {
            long child = awaitDeadChild(process);

            assertThat(ProcessTable.find(child).orElseThrow().isEnding()).isTrue();
            assertThat(ProcessTable.find(process.pid()).orElseThrow().isEnding()).isFalse();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static long awaitDeadChild(Process process) {
        long end = HostTime.monotonicMs() + 20_000;
        while (HostTime.monotonicMs() < end) {
            for (ProcessTable.Entry entry : ProcessTable.all()) {
                if (entry.parent() == process.pid() && entry.state() == 'Z') {
                    return entry.pid();
                }
            }
            HostTime.sleep(10);
        }
        throw new AssertionError("no child has ended in time");
    }
}
