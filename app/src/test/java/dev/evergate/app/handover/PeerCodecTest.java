package dev.evergate.app.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.server.move.Moving;
import dev.evergate.server.move.StateVersions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

class PeerCodecTest {
    private static final GatewayEvent.Run RUN =
            new GatewayEvent.Run("run", "agent:main:main", "session", "main");

    static final List<PeerMessage> MESSAGES =
            List.of(
                    new PeerMessage.Opening(1, 41, new StateVersions(3, 5, true)),
                    new PeerMessage.Happened(
                            new GatewayEvent.RunText(RUN, 7, "lo", "Hello", false, 1_000)),
                    new PeerMessage.Ready(
                            List.of(
                                    new ActiveRun(
                                            "run", "agent:main:main", "Hi €", 900, 950, "Hel"))),
                    new PeerMessage.Ready(List.of()),
                    new PeerMessage.Accepted("run"),
                    new PeerMessage.Bye(),
                    new PeerMessage.Adopted(9),
                    new PeerMessage.Serving(12),
                    new PeerMessage.Stop("run"));

    @ParameterizedTest
    @FieldSource("MESSAGES")
    void whatIsSaidIsWhatIsHeard(PeerMessage message) throws Exception {
        assertThat(PeerCodec.decode(PeerCodec.encode(message), List.of())).isEqualTo(message);
    }

    @Test
    void connectionsMeetTheirSocketsAgain() throws Exception {
        var said =
                new PeerMessage.Connections(
                        3,
                        List.of(
                                new Moving("one", 5, new byte[] {1, 2}),
                                new Moving("two", 6, new byte[0])));

        PeerMessage heard = PeerCodec.decode(PeerCodec.encode(said), List.of(15, 16));

        assertThat(heard)
                .isInstanceOfSatisfying(
                        PeerMessage.Connections.class,
                        connections -> {
                            assertThat(connections.number()).isEqualTo(3);
                            assertThat(connections.moving())
                                    .extracting(Moving::id)
                                    .containsExactly("one", "two");
                            assertThat(connections.moving())
                                    .extracting(Moving::descriptor)
                                    .containsExactly(15, 16);
                            assertThat(connections.moving().getFirst().body())
                                    .containsExactly(1, 2);
                        });
    }

    @Test
    void connectionsWithoutTheirSocketsAreRefused() {
        var said = new PeerMessage.Connections(1, List.of(new Moving("one", 5, new byte[0])));

        assertThatThrownBy(() -> PeerCodec.decode(PeerCodec.encode(said), List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 connections with 0 sockets");
    }

    @Test
    void anAnswerIsCarriedByteForByte() throws Exception {
        byte[] bytes = new byte[1_000];
        new Random(1).nextBytes(bytes);
        var said = new PeerMessage.Answered("connection", new PeerMessage.Text(bytes), true);

        PeerMessage heard = PeerCodec.decode(PeerCodec.encode(said), List.of());

        assertThat(heard)
                .isInstanceOfSatisfying(
                        PeerMessage.Answered.class,
                        answered -> {
                            assertThat(answered.answer().bytes()).isEqualTo(bytes);
                            assertThat(answered.isLast()).isTrue();
                        });
    }

    @ParameterizedTest
    @FieldSource("MESSAGES")
    void aMessageThatWasCutIsRefused(PeerMessage message) {
        byte[] whole = PeerCodec.encode(message);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> PeerCodec.decode(cut, List.of()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void anEventThatIsNoneIsRefusedAsTheWholeIs() {
        int happened = 3;
        byte[] message = {(byte) happened, 0, 0, 0, 2, 1, 99};

        assertThatThrownBy(() -> PeerCodec.decode(message, List.of()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void nonsenseIsRefusedAndNeverBelieved() {
        Random random = new Random(2);
        for (int i = 0; i < 5_000; i++) {
            byte[] nonsense = new byte[random.nextInt(60)];
            random.nextBytes(nonsense);
            try {
                var _ = PeerCodec.decode(nonsense, List.of());
            } catch (IOException expected) {
                assertThat(expected).hasMessageContaining("generation");
            }
        }
    }
}
