package dev.evergate.server.transit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.server.move.Item;
import dev.evergate.server.transit.MoveStream.Entry;
import dev.evergate.server.transit.MoveStream.Frozen;
import dev.evergate.server.transit.MoveStream.Ready;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class MoveStreamTest {
    private static final int TIGHT = 8192;
    private static final int FULL = 32_768;
    private static final GatewayEvent.Run RUN = new GatewayEvent.Run("r", "k", "s", "main");

    private final MoveStream<String> stream = new MoveStream<>();

    private static GatewayEvent.RunText text(long seq, String delta, String whole) {
        return new GatewayEvent.RunText(RUN, seq, delta, whole, false, 1);
    }

    private static GatewayEvent changed() {
        return new GatewayEvent.SessionChanged("k", "main", "send", java.util.Optional.empty(), 1);
    }

    private static Item.Response response(int bytes) {
        return new Item.Response("c", new byte[bytes], true);
    }

    private static GatewayEvent event(Entry<String> entry) {
        return ((Item.Event) ((Ready<String>) entry).item()).event();
    }

    private List<Entry<String>> takeAll() throws InterruptedException {
        List<Entry<String>> all = new ArrayList<>();
        for (Entry<String> next = stream.take(0); next != null; next = stream.take(0)) {
            all.add(next);
        }
        return all;
    }

    @Test
    void keepsTheOrder() throws Exception {
        stream.put(text(1, "a", "a"), 2);
        stream.put("batch");
        assertThat(stream.put(response(10))).isTrue();
        stream.put(changed(), 1);

        List<Entry<String>> all = takeAll();

        assertThat(event(all.get(0))).isInstanceOf(GatewayEvent.RunText.class);
        assertThat(all.get(1)).isEqualTo(new Frozen<>("batch"));
        assertThat(((Ready<String>) all.get(2)).item()).isInstanceOf(Item.Response.class);
        assertThat(event(all.get(3))).isInstanceOf(GatewayEvent.SessionChanged.class);
        assertThat(stream.take(1)).isNull();
    }

    @Test
    void leavesOutTextWhenItIsTightAndMakesItGood() throws Exception {
        for (int i = 0; i < TIGHT; i++) {
            stream.put(changed(), 1);
        }
        stream.put(text(1, "a", "a"), 2);
        stream.put(text(2, "b", "ab"), 2);
        assertThat(takeAll()).hasSize(TIGHT);

        stream.put(text(3, "c", "abc"), 2);
        stream.put(text(4, "d", "abcd"), 2);

        assertThat(takeAll())
                .extracting(MoveStreamTest::event)
                .containsExactly(
                        new GatewayEvent.RunText(RUN, 3, "abc", "abc", true, 1),
                        text(4, "d", "abcd"));
    }

    @Test
    void countsWhatATextWeighs() throws Exception {
        String long1 = "x".repeat(1 << 20);
        for (int i = 0; i < 100; i++) {
            stream.put(text(i, "x", long1), 2);
        }

        assertThat(takeAll()).hasSizeBetween(7, 9); // 16 MiB of two bytes a character
    }

    @Test
    void failsWhenSomethingElseFindsNoRoomAndKeepsAnswers() {
        for (int i = 0; i < FULL + 3; i++) {
            stream.put(changed(), 2);
        }
        assertThat(stream.put(response(10))).isTrue();

        assertThatThrownBy(() -> stream.take(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("than there is room for");
        MoveStream.Rest<String> rest = stream.end();
        assertThat(rest.entries()).hasSize(FULL + 1);
        assertThat(rest.lost()).isEqualTo(6);
    }

    @Test
    void takesNothingWhenItIsOver() {
        stream.put(changed(), 1);

        assertThat(stream.end().entries()).hasSize(1);
        stream.put(changed(), 1);
        stream.put("batch");
        assertThat(stream.put(response(1))).isFalse();
        assertThat(stream.end().entries()).isEmpty();
        assertThatThrownBy(() -> stream.take(0)).isInstanceOf(IllegalStateException.class);
    }
}
