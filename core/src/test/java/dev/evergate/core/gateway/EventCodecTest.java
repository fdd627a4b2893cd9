package dev.evergate.core.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.api.Part.ToolCall;
import dev.evergate.core.device.DeviceEvent;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.GatewayEvent.ConfigChanged;
import dev.evergate.core.gateway.GatewayEvent.DeviceChanged;
import dev.evergate.core.gateway.GatewayEvent.MessageAdded;
import dev.evergate.core.gateway.GatewayEvent.Run;
import dev.evergate.core.gateway.GatewayEvent.RunCompacting;
import dev.evergate.core.gateway.GatewayEvent.RunEnded;
import dev.evergate.core.gateway.GatewayEvent.RunModel;
import dev.evergate.core.gateway.GatewayEvent.RunStarted;
import dev.evergate.core.gateway.GatewayEvent.RunText;
import dev.evergate.core.gateway.GatewayEvent.SessionChanged;
import dev.evergate.core.gateway.GatewayEvent.SessionCompacting;
import dev.evergate.core.gateway.GatewayEvent.SuspensionChanged;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Content.Block;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Node;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TranscriptRow.Kind;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.core.journal.TranscriptRow.Role;
import dev.evergate.core.journal.Turn;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

class EventCodecTest {
    private static final Run RUN = new Run("run-1", "agent:main:main", "window-1", "main");
    private static final Provenance MODEL = new Provenance("openai", "gpt", "stop", 7, 11);
    private static final Session SESSION =
            new Session(
                    "agent:main:main",
                    "window-1",
                    "main",
                    "",
                    1,
                    2,
                    3,
                    4,
                    5,
                    "hello",
                    "hi",
                    6,
                    SessionDetails.NONE.with(SessionDetails.Text.MODEL, "a/b"));

    static List<GatewayEvent> everyKind() {
        var row =
                new TranscriptRow(
                        "window-1",
                        3,
                        "row-1",
                        Role.ASSISTANT,
                        Kind.NOTICE,
                        Content.text("text"),
                        "run-1",
                        9,
                        MODEL);
        var rich =
                new TranscriptRow(
                        "window-1",
                        4,
                        "row-2",
                        Role.USER,
                        Kind.MESSAGE,
                        new Content(
                                List.of(
                                        new Block.Result("c1", "clock", "noon", false),
                                        new Block.Text("and now?"),
                                        new Block.Image("image/png", "ab12", 7, "a.png"))),
                        "run-2",
                        10,
                        Provenance.NONE);
        return List.of(
                new RunStarted(RUN, 1, 2, 3),
                new RunModel(RUN, 2, "openai", "gpt", 4),
                new RunText(RUN, 1_000_003, "b", "ab", true, 5),
                new RunCompacting(RUN, 3, true, false, 5),
                new SessionCompacting("op", "agent:main:main", "main", true, false, "why", 6),
                new RunEnded(RUN, 4, end(Turn.State.FAILED)),
                new MessageAdded("agent:main:main", "main", row, Optional.of(SESSION)),
                new MessageAdded("agent:main:main", "main", row, Optional.empty()),
                new MessageAdded("agent:main:main", "main", rich, Optional.empty()),
                new SessionChanged("agent:main:main", "main", "reset", Optional.of(SESSION), 6),
                new SessionChanged("agent:main:main", "main", "delete", Optional.empty(), 7),
                new ConfigChanged("/etc/evergate.json", "hash", "config 1 -> 2", 8),
                new SuspensionChanged("draining", "suspension-1", "request-1", true, 9),
                new DeviceChanged(new DeviceEvent.Requested(device())),
                new DeviceChanged(new DeviceEvent.Requested(Device.unknown("d", "key"))),
                new DeviceChanged(new DeviceEvent.Resolved("request-1", "d", true, 8)),
                new DeviceChanged(new DeviceEvent.Withdrawn("d", "operator", "device removed")),
                new DeviceChanged(new DeviceEvent.OfferRequested(device().with(node()))),
                new DeviceChanged(
                        new DeviceEvent.OfferResolved(
                                "request-2", "d", DeviceEvent.Verdict.REMOVED, 9)));
    }

    /** As it travels: without what its tokens are made of. */
    private static Node node() {
        Node.Offer offer = new Node.Offer(List.of("camera"), List.of("camera.snap"));
        Node.Wish wish = new Node.Wish("wish-1", offer, 5);
        return new Node(Node.Offer.NOTHING, 3, Optional.of(wish), "1.0", 4);
    }

    private static Device device() {
        var looks = new Device.Looks("linux", "Linux", "cli", "cli", "name", "203.0.113.9");
        var role = new Device.Role("operator", List.of("operator.read"), "", "", 5);
        return Device.unknown("d", "key")
                .with(new Device.Approval(looks, Device.Approval.OWNER, 1, 2, 3, List.of(role)))
                .with(Optional.of(new Device.Request("r", looks, "node", List.of("x", "y"), 6)));
    }

    @Test
    void keepsWhatTokensAreMadeOfToItself() {
        var looks = new Device.Looks("", "", "", "", "", "");
        var role = new Device.Role("operator", List.of(), "the-salt", "the-hash", 5);
        Device device =
                Device.unknown("d", "key")
                        .with(
                                new Device.Approval(
                                        looks, Device.Approval.SILENT, 1, 2, 3, List.of(role)));

        byte[] bytes = EventCodec.encode(new DeviceChanged(new DeviceEvent.Requested(device)));

        assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                .contains("operator")
                .doesNotContain("the-salt", "the-hash");
    }

    private static RunEnd end(Turn.State state) {
        return new RunEnd(
                "run-1",
                "agent:main:main",
                "window-1",
                "main",
                state,
                Content.said("ab", List.of(new ToolCall("c1", "clock", "{}"))),
                MODEL,
                "why",
                1,
                8);
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void bringsAnEventAcrossAsItWas(GatewayEvent event) {
        assertThat(EventCodec.event(EventCodec.encode(event))).isEqualTo(event);
    }

    @Test
    void knowsEveryKindOfEvent() {
        Set<Class<?>> tested =
                everyKind().stream().map(Object::getClass).collect(Collectors.toSet());

        assertThat(tested).containsExactlyInAnyOrder(GatewayEvent.class.getPermittedSubclasses());
    }

    @Test
    void bringsARunAcrossAsItWas() {
        var run = new ActiveRun("run-1", "agent:main:main", "a question", 1, 2, "an ans");

        assertThat(EventCodec.run(EventCodec.encode(run))).isEqualTo(run);
    }

    @Test
    void keepsEveryCharacterOfTextsOfAnyLength() {
        String odd = "\u0000 ü 漢 \uD83D\uDE80 half: \uD83D";
        for (String text : List.of("", odd, odd.repeat(5_000), "漢".repeat(21_001))) {
            // A delta may begin or end within a character that takes two.
            var event = new RunText(RUN, 1, "\uDE80", text, false, 1);

            assertThat(EventCodec.event(EventCodec.encode(event)).equals(event)).isTrue();
        }
    }

    @Test
    void takesNoMoreBytesThanTheTextNeeds() {
        var event = new RunText(RUN, 1, "a", "a".repeat(100_000), false, 1);

        assertThat(EventCodec.encode(event)).hasSizeLessThan(100_200);
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        byte[] event = EventCodec.encode(everyKind().getFirst());
        byte[] newer = event.clone();
        newer[0] = 3;
        byte[] strange = event.clone();
        strange[1] = 99;

        assertRefused(newer, "form 3 (this release reads up to 2)");
        assertRefused(strange, "kind 99");
        assertRefused(EventCodec.encode(new ActiveRun("r", "s", "t", 1, 2, "u")), "kind 7");
        assertRefused(Arrays.copyOf(event, event.length + 1), "1 bytes too many");
        assertThatThrownBy(() -> EventCodec.run(event)).isInstanceOf(EvergateException.class);
    }

    @Test
    void readsWhatTheReleaseBeforeWrites() {
        var session = new Session("agent:main:main", "window-1", "main", "", 1, 2);
        var event = new SessionChanged("agent:main:main", "main", "reset", Optional.of(session), 6);
        byte[] now = EventCodec.encode(event);
        // Then there was neither title (4 bytes), nor moment (8), nor details (8) before the time.
        byte[] before = Arrays.copyOf(now, now.length - 20);
        System.arraycopy(now, now.length - 8, before, before.length - 8, 8);
        before[0] = 1;

        assertThat(EventCodec.event(before)).isEqualTo(event);
    }

    @Test
    @Tag("I30")
    void readsTheEndOfARunAsTheReleaseBeforeWroteIt() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.write(new byte[] {1, 4}); // the first form; a run has ended
            for (String text : List.of("run-1", "agent:main:main", "window-1", "main")) {
                EventCodec.text(out, text);
            }
            out.writeLong(9);
            for (String text :
                    List.of("run-1", "agent:main:main", "window-1", "main", "DONE", "hi")) {
                EventCodec.text(out, text);
            }
            for (String text : List.of("openai", "gpt", "stop")) {
                EventCodec.text(out, text);
            }
            out.writeLong(7);
            out.writeLong(11);
            EventCodec.text(out, "");
            out.writeLong(1);
            out.writeLong(8);
        }

        GatewayEvent event = EventCodec.event(bytes.toByteArray());

        assertThat(event)
                .isEqualTo(
                        new RunEnded(
                                RUN,
                                9,
                                new RunEnd(
                                        "run-1",
                                        "agent:main:main",
                                        "window-1",
                                        "main",
                                        Turn.State.DONE,
                                        Content.text("hi"),
                                        MODEL,
                                        "",
                                        1,
                                        8)));
    }

    @Test
    void refusesWhatIsCutOff() {
        for (GatewayEvent each : everyKind()) {
            byte[] whole = EventCodec.encode(each);
            for (int length = 0; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> EventCodec.event(cut))
                        .isInstanceOf(EvergateException.class);
            }
        }
    }

    @Test
    void refusesALengthThatNoEventHas() {
        byte[] bytes = EventCodec.encode(everyKind().getFirst());
        bytes[2] = 0x7f; // the length of the first text

        assertRefused(bytes, "characters of text");
    }

    private static void assertRefused(byte[] bytes, String part) {
        assertThatThrownBy(() -> EventCodec.event(bytes))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining(part);
    }
}
