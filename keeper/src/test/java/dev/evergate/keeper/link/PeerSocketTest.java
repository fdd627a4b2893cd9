package dev.evergate.keeper.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.keeper.os.Descriptor;
import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.os.PacketSocket;
import dev.evergate.keeper.os.TcpListener;
import dev.evergate.keeper.time.HostTime;
import dev.evergate.testkit.time.FairWatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

class PeerSocketTest {
    private static final int MANY = 250;

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(20261122);
    private PacketSocket raw;
    private PeerSocket sender;
    private PeerSocket receiver;

    @BeforeEach
    void connect() throws Exception {
        assumeTrue(Os.isSupported());
        PacketSocket.Pair pair = PacketSocket.pair();
        raw = pair.first();
        sender = new PeerSocket(raw);
        receiver = new PeerSocket(pair.second());
    }

    @AfterEach
    void disconnect() {
        sender.close();
        receiver.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_531, 65_532, 65_533, 131_064, 131_065, 9_000_001})
    void bringsAMessageOfAnyLengthWhole(int length) throws Exception {
        byte[] message = new byte[length];
        random.nextBytes(message);
        Thread sending = inBackground(() -> sender.send(message));

        assertThat(receiver.receive().orElseThrow().bytes()).isEqualTo(message);
        sending.join(2_000);
        assertThat(sending.isAlive()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 200_000})
    void bringsTheDescriptorsInOrder(int length) throws Exception {
        try (TcpListener first = TcpListener.open("127.0.0.1", 0, 1);
                TcpListener second = TcpListener.open("127.0.0.1", 0, 1)) {
            int[] numbers = new int[MANY];
            Arrays.fill(numbers, first.descriptor().number());
            numbers[MANY - 1] = second.descriptor().number();
            Thread sending = inBackground(() -> sender.send(new byte[length], numbers));

            PeerSocket.Received received = receiver.receive().orElseThrow();
            sending.join(2_000);

            assertThat(received.descriptors()).hasSize(MANY);
            try (TcpListener copy = new TcpListener(received.descriptors().getLast())) {
                assertThat(copy.port()).isEqualTo(second.port());
            }
            received.discard();
            assertThat(received.descriptors()).noneMatch(Descriptor::isOpen);
        }
    }

    @Test
    void keepsMessagesOfSeveralSendersApart() throws Exception {
        List<Thread> threads =
                List.of(
                        inBackground(() -> sendMany((byte) 1)),
                        inBackground(() -> sendMany((byte) 2)));
        int[] seen = new int[3];
        for (int i = 0; i < 100; i++) {
            byte[] bytes = receiver.receive().orElseThrow().bytes();
            byte[] expected = new byte[bytes.length];
            Arrays.fill(expected, bytes[0]);
            assertThat(bytes).isEqualTo(expected);
            seen[bytes[0]]++;
        }
        for (Thread thread : threads) {
            thread.join(2_000);
        }

        assertThat(seen).containsExactly(0, 50, 50);
    }

    private void sendMany(byte mark) throws IOException {
        byte[] bytes = new byte[100_000];
        Arrays.fill(bytes, mark);
        for (int i = 0; i < 50; i++) {
            sender.send(bytes);
        }
    }

    @Test
    void endsWhenThePeerIsGone() throws Exception {
        sender.send(new byte[] {1});
        sender.close();

        assertThat(receiver.receive().orElseThrow().bytes()).containsExactly(1);
        assertThat(receiver.awaitMessage(2_000)).isTrue();
        assertThat(receiver.receive()).isEmpty();
        assertThatThrownBy(() -> receiver.send(new byte[1])).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> sender.send(new byte[1]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has ended");
    }

    @Test
    void aShutDownWakesTheReceiver() throws Exception {
        Thread waking = inBackground(receiver::shutdown);

        assertThat(receiver.receive()).isEmpty();
        waking.join(2_000);
    }

    @Test
    void doesNotWaitForAPeerThatDoesNotRead() {
        long beganMs = HostTime.monotonicMs();
        FairWatch watch = FairWatch.start();

        assertThatThrownBy(() -> sender.send(new byte[50_000_000]))
                .isInstanceOf(IOException.class)
                .hasMessage("The other generation does not read");
        assertThat(HostTime.monotonicMs() - beganMs).isGreaterThanOrEqualTo(1_900L);
        assertThat(watch.ms()).isLessThan(10_000);
    }

    @Test
    void doesNotWaitForTheRestOfAMessageForEver() throws Exception {
        raw.send(new byte[] {0, 0, 0, 9, 1});
        long beganMs = HostTime.monotonicMs();
        FairWatch watch = FairWatch.start();

        assertThatThrownBy(receiver::receive).hasMessageContaining("stopped within a message");
        assertThat(HostTime.monotonicMs() - beganMs).isGreaterThanOrEqualTo(1_900L);
        assertThat(watch.ms()).isLessThan(10_000);
    }

    @Test
    void aMessageWhoseEndIsMissingIsAnError() throws Exception {
        raw.send(new byte[] {0, 0, 0, 9, 1});
        raw.close();

        assertThatThrownBy(receiver::receive).hasMessageContaining("ended within a message");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1", // No header.
                "0 0 0 1 7 7", // More than it says.
                "-1 0 0 0 7", // Negative.
                "127 0 0 0 7", // More than a message can have.
                "0 0 0 9", // A piece with nothing in it.
                "0 0 0 9 1, 0 0 0 9 1" // The second does not continue the first.
            })
    void refusesWhatIsNoMessage(String packets) throws Exception {
        for (String packet : packets.split(", ")) {
            String[] words = packet.split(" ");
            byte[] bytes = new byte[words.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = Byte.parseByte(words[i]);
            }
            raw.send(bytes);
        }

        assertThatThrownBy(receiver::receive).hasMessageContaining("what is no message");
    }

    @Test
    void refusesDescriptorsBeforeTheLastPiece() throws Exception {
        try (TcpListener listener = TcpListener.open("127.0.0.1", 0, 1)) {
            raw.send(new byte[] {0, 0, 0, 9, 1}, listener.descriptor());

            assertThatThrownBy(receiver::receive).hasMessageContaining("what is no message");
        }
    }

    @Test
    void refusesMoreDescriptorsThanAMessageCanCarry() {
        assertThatThrownBy(() -> sender.send(new byte[1], new int[MANY + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("<= 250");
    }

    private interface Work {
        void run() throws IOException;
    }

    private static Thread inBackground(Work work) {
        return HostTime.startDaemon(
                "peer",
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }
}
