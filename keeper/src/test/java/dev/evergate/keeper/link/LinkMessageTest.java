package dev.evergate.keeper.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

class LinkMessageTest {
    private static final String[] ALPHABET = {
        "\n", "\r", "%", "=", "\0", "\u007f", " ", "a", "Z", "9", "ä", "€", "😀", "%41"
    };

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void writesTheWordThenItsVersionThenOneLineAField() {
        LinkMessage message =
                LinkMessage.of("STOP").with("deadlineMs", 8_000).with("reason", "50%\nof it");

        assertThat(new String(message.encode(), StandardCharsets.UTF_8))
                .isEqualTo("STOP\nlink=1\ndeadlineMs=8000\nreason=50%25%0Aof it\n");
    }

    @Test
    void readsBackWhatItWrote() throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20261122);
        for (int round = 0; round < 2_000; round++) {
            LinkMessage message = LinkMessage.of("WORD");
            for (int field = random.nextInt(6); field > 0; field--) {
                StringBuilder value = new StringBuilder();
                for (int i = random.nextInt(40); i > 0; i--) {
                    value.append(ALPHABET[random.nextInt(ALPHABET.length)]);
                }
                message = message.with("key" + field, value.toString());
            }

            assertThat(LinkMessage.decode(message.encode())).isEqualTo(message);
        }
    }

    @Test
    void keepsTheVersionAndTheFieldsOfANewerSender() throws Exception {
        LinkMessage message = LinkMessage.decode(bytes("LATER\nlink=7\nshade=blue\n"));

        assertThat(message).isEqualTo(new LinkMessage("LATER", 7, Map.of("shade", "blue")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "HELLO",
                "HELLO\n",
                "HELLO\npid=1\nlink=1\n",
                "HELLO\nlink=\n",
                "HELLO\nlink=one\n",
                "HELLO\nlink=1234567\n",
                "HE LLO\nlink=1\n",
                "1HELLO\nlink=1\n",
                "HELLO\nlink=1\nno equals sign\n",
                "HELLO\nlink=1\n=value\n",
                "HELLO\nlink=1\na=%\n",
                "HELLO\nlink=1\na=%2\n",
                "HELLO\nlink=1\na=%zz\n",
                "HELLO\nlink=1\na=%ff\n",
                "HELLO\nlink=1\n\na=b\n"
            })
    void refusesWhatIsNoMessage(String text) {
        assertThatThrownBy(() -> LinkMessage.decode(bytes(text)))
                .isInstanceOf(LinkFormatException.class);
    }

    @Test
    void survivesArbitraryBytes() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        byte[] valid = LinkMessage.of("BEAT").with("phase", "running").with("gcMs", 7).encode();
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = valid.clone();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(LinkMessage.decode(damaged).word()).isNotEmpty();
            } catch (LinkFormatException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void hasALimitInBothDirections() {
        LinkMessage long32 = LinkMessage.of("STEP").with("text", "x".repeat(LinkMessage.BYTES_MAX));

        assertThatThrownBy(long32::encode)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: <= 32768");
        assertThatThrownBy(() -> LinkMessage.decode(new byte[LinkMessage.BYTES_MAX + 1]))
                .isInstanceOf(LinkFormatException.class);
        assertThat(LinkMessage.excerpt("y".repeat(100_000))).hasSize(4_096).endsWith("…");
    }

    @Test
    void typedMessagesReadBackWhatTheyWrote() throws Exception {
        Hello hello = new Hello(41, 4711, "0.1.0", 3, "abc");
        Welcome welcome = new Welcome(41, "uuid", "normal", 39, 40, 60_000);
        Endpoint endpoint = new Endpoint("control", "::1", 18789);
        Opened.Cannot cannot =
                new Opened.Cannot(endpoint, "address already in use", "nginx (pid 1)");
        Refusal refusal = new Refusal(78, "config: broken\nsecond line");
        Beat beat = new Beat("running", 12, Map.of("core", 3L, "door", 250L));
        Wish wish = new Wish(Wish.Kind.RESTART, "upgrade", "r-1", "");
        Outcome outcome = new Outcome("r-1", true, 42, "");
        StopOrder stop = new StopOrder(8_000, StopOrder.HANDED);
        Order order = new Order(41, 10_000);
        Committed committed = new Committed(7, 1_000);
        Handed handed = new Handed(1_000, 3, 2);
        Owner owner =
                new Owner(
                        1,
                        "uuid",
                        "serving",
                        41,
                        2,
                        "0.1.0",
                        1_700_000_000_000L,
                        List.of("127.0.0.1:1", "[::1]:1"));

        assertThat(Hello.from(hello.toMessage())).isEqualTo(hello);
        assertThat(Welcome.from(welcome.toMessage())).isEqualTo(welcome);
        assertThat(Endpoint.from(endpoint.toMessage(Word.OPEN))).isEqualTo(endpoint);
        assertThat(endpoint.place()).isEqualTo("[::1]:18789");
        assertThat(Opened.Cannot.from(cannot.toMessage())).isEqualTo(cannot);
        assertThat(Refusal.from(refusal.toMessage())).isEqualTo(refusal);
        assertThat(Beat.from(beat.toMessage())).isEqualTo(beat);
        assertThat(Wish.from(wish.toMessage())).isEqualTo(wish);
        assertThat(Outcome.from(outcome.toMessage())).isEqualTo(outcome);
        assertThat(StopOrder.from(stop.toMessage())).isEqualTo(stop);
        assertThat(Order.from(order.toMessage(Word.GIVE))).isEqualTo(order);
        assertThat(Order.from(order.toMessage(Word.TAKE))).isEqualTo(order);
        assertThat(order.toMessage(Word.GIVE).fields()).containsEntry("successor", "41");
        assertThat(Committed.from(committed.toMessage())).isEqualTo(committed);
        assertThat(Handed.from(handed.toMessage())).isEqualTo(handed);
        assertThat(Owner.from(owner.toMessage(Word.OWNER))).isEqualTo(owner);
    }

    @Test
    void namesTheWordAndTheFieldThatIsMissingOrWrong() {
        assertThatThrownBy(() -> Hello.from(LinkMessage.of("HELLO")))
                .hasMessage("HELLO without generation");
        assertThatThrownBy(() -> Hello.from(LinkMessage.of("HELLO").with("generation", "x")))
                .hasMessage("HELLO with generation=x (expected: a whole number)");
        assertThatThrownBy(
                        () ->
                                Endpoint.from(
                                        LinkMessage.of("OPEN")
                                                .with("name", "a")
                                                .with("address", "b")
                                                .with("port", 70_000)))
                .hasMessage("OPEN with port=70000 (expected: 0 to 65535)");
        assertThatThrownBy(() -> Wish.from(LinkMessage.of("WANT").with("kind", "nap")))
                .hasMessageContaining("kind=nap");
    }
}
