package dev.evergate.server.transit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.journal.Node.Offer;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Peer;
import dev.evergate.server.access.ProxyWord;
import dev.evergate.server.access.Scope;
import dev.evergate.server.access.Warrant;
import dev.evergate.server.move.StateVersions;
import dev.evergate.server.transit.FrozenSession.Duty;
import dev.evergate.server.transit.FrozenSession.Errand;
import dev.evergate.server.transit.FrozenSession.Greeting;
import dev.evergate.server.transit.FrozenSession.Open;
import dev.evergate.server.transit.FrozenSession.Pulse;
import dev.evergate.server.transit.FrozenSession.Seat;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.ws.UnreadInput;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

class FrozenCodecTest {
    private static final StateVersions VERSIONS = new StateVersions(7, 9, false);

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static FrozenSession open() {
        Grant.Client client =
                new Grant.Client("cli", "ui", "1.0", "linux", "", "Zoë", "i-1", "device");
        Grant grant = Grant.moved("operator", List.of("operator.write"), "token", client);
        return new FrozenSession(
                VERSIONS,
                new Open(
                        grant,
                        Optional.of(Warrant.of(peer())),
                        Optional.of(new Seat(1234, true)),
                        99,
                        List.of("\"a\"", "\"b\""),
                        new Pulse(1, 2, true)),
                new UnreadInput(UnreadInput.Begun.TEXT, ascii("half"), ascii("rest")),
                ascii("unsent"));
    }

    private static Peer peer() {
        InetAddress address = InetAddress.getLoopbackAddress();
        return new Peer(address, true, false, "localhost:1", Optional.of("http://localhost"));
    }

    private static FrozenSession greeting() {
        Peer peer = peer();
        return new FrozenSession(
                VERSIONS,
                new Greeting("nonce", peer, 5, List.of(JsonText.of(ascii("{}")))),
                new UnreadInput(UnreadInput.Begun.NOTHING, new byte[0], new byte[0]),
                new byte[0]);
    }

    @Test
    void readsWhatItWroteOfAServedSession() throws IOException {
        FrozenSession read = FrozenCodec.decode(FrozenCodec.encode(open()));

        assertThat(read.versions()).isEqualTo(VERSIONS);
        assertThat(read.standing()).isEqualTo(open().standing());
        assertThat(((Open) read.standing()).grant().allows(Scope.READ)).isTrue();
        assertThat(((Open) read.standing()).grant().allows(Scope.ADMIN)).isFalse();
        assertThat(read.input().begun()).isEqualTo(UnreadInput.Begun.TEXT);
        assertThat(read.input().message()).asString().isEqualTo("half");
        assertThat(read.input().bytes()).asString().isEqualTo("rest");
        assertThat(read.output()).asString().isEqualTo("unsent");
    }

    @Test
    @Tag("I30")
    void readsASessionOfTheReleaseBeforeWhichKeptNoWarrant() throws IOException {
        byte[] whole = FrozenCodec.encode(without(open()));
        int warrantAt = whole.length - 2 - 2 - (4 + 4) - (4 + 4) - (4 + 6); // and no duty behind it
        byte[] before = new byte[whole.length - 2];
        System.arraycopy(whole, 0, before, 0, warrantAt);
        System.arraycopy(whole, warrantAt + 2, before, warrantAt, before.length - warrantAt);
        before[0] = 1;

        FrozenSession read = FrozenCodec.decode(before);

        assertThat(read.standing()).isEqualTo(without(open()).standing());
        assertThat(read.output()).asString().isEqualTo("unsent");
    }

    private static FrozenSession without(FrozenSession session) {
        Open open = (Open) session.standing();
        return new FrozenSession(
                session.versions(),
                new Open(
                        open.grant(),
                        Optional.empty(),
                        open.seat(),
                        open.seq(),
                        open.owed(),
                        open.pulse()),
                session.input(),
                session.output());
    }

    @Test
    void knowsWhomAProxySpeaksForAfterTheMove() throws IOException {
        Optional<InetAddress> client = Optional.of(InetAddress.ofLiteral("2001:db8::9"));
        InetAddress proxy = InetAddress.getLoopbackAddress();
        Peer peer =
                new Peer(proxy, true, false, "gate", Optional.empty(), client, Optional.empty());
        FrozenSession session =
                new FrozenSession(
                        VERSIONS,
                        new Greeting("nonce", peer, 5, List.of()),
                        greeting().input(),
                        new byte[0]);

        assertThat(FrozenCodec.decode(FrozenCodec.encode(session)).standing())
                .isEqualTo(session.standing());
    }

    @Test
    void readsWhatItWroteOfANode() throws IOException {
        Open operator = (Open) open().standing();
        Open node =
                new Open(
                        operator.grant()
                                .offering(new Offer(List.of("camera"), List.of("a.one", "a.two"))),
                        operator.warrant(),
                        Optional.empty(),
                        3,
                        List.of(),
                        operator.pulse(),
                        Optional.of(
                                new Duty(
                                        77,
                                        List.of(
                                                new Errand("i-1", "a.one", "key 1", 5),
                                                new Errand("i-2", "a.two", "", 6)))));
        FrozenSession session = new FrozenSession(VERSIONS, node, open().input(), open().output());

        assertThat(FrozenCodec.decode(FrozenCodec.encode(session)).standing()).isEqualTo(node);
    }

    @Test
    @Tag("I30")
    void readsASessionOfTheReleaseBeforeWhichKnewNoNodes() throws IOException {
        byte[] whole = FrozenCodec.encode(open());
        int dutyAt = whole.length - 1 - 2 - (4 + 4) - (4 + 4) - (4 + 6);
        int clientAt = dutyAt - 1 - 4; // nobody, so no bytes; and no word behind it
        byte[] before = new byte[whole.length - 6];
        System.arraycopy(whole, 0, before, 0, clientAt);
        System.arraycopy(whole, dutyAt + 1, before, clientAt, before.length - clientAt);
        before[0] = 2;

        assertThat(FrozenCodec.decode(before).standing()).isEqualTo(open().standing());
    }

    @Test
    @Tag("I30")
    void readsASessionOfTheReleaseBeforeWhichKnewNoUsers() throws IOException {
        byte[] whole = FrozenCodec.encode(open());
        int wordAt = whole.length - 1 - 1 - 2 - (4 + 4) - (4 + 4) - (4 + 6);
        byte[] before = new byte[whole.length - 1];
        System.arraycopy(whole, 0, before, 0, wordAt);
        System.arraycopy(whole, wordAt + 1, before, wordAt, before.length - wordAt);
        before[0] = 3;

        assertThat(FrozenCodec.decode(before).standing()).isEqualTo(open().standing());
    }

    @Test
    @Tag("S2")
    void knowsWhomAProxyVouchesForAfterTheMove() throws IOException {
        for (Optional<List<String>> limit :
                List.of(Optional.<List<String>>empty(), Optional.of(List.of("operator.read")))) {
            var word = Optional.of(new ProxyWord("nick@example.com", limit));
            Peer peer =
                    new Peer(
                            InetAddress.getLoopbackAddress(),
                            true,
                            false,
                            "gate",
                            Optional.empty(),
                            Optional.empty(),
                            word);
            Open before = (Open) open().standing();
            Warrant warrant = Warrant.of(peer);
            Open open =
                    new Open(
                            before.grant().of(warrant),
                            Optional.of(warrant),
                            before.seat(),
                            before.seq(),
                            before.owed(),
                            before.pulse());
            FrozenSession session =
                    new FrozenSession(VERSIONS, open, open().input(), open().output());

            Open read = (Open) FrozenCodec.decode(FrozenCodec.encode(session)).standing();

            assertThat(read).isEqualTo(open);
            assertThat(read.grant().user()).isEqualTo("nick@example.com");
        }
    }

    @Test
    void readsWhatItWroteOfAGreetedSession() throws IOException {
        Greeting read = (Greeting) FrozenCodec.decode(FrozenCodec.encode(greeting())).standing();

        assertThat(read.nonce()).isEqualTo("nonce");
        assertThat(read.peer()).isEqualTo(((Greeting) greeting().standing()).peer());
        assertThat(read.leftNanos()).isEqualTo(5);
        assertThat(read.waiting()).extracting(JsonText::toString).containsExactly("{}");
    }

    @Test
    void refusesEveryPartOfASession() throws IOException {
        for (FrozenSession session : List.of(open(), greeting())) {
            byte[] whole = FrozenCodec.encode(session);
            for (int length = 0; length < whole.length; length++) {
                byte[] part = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> FrozenCodec.decode(part)).isInstanceOf(IOException.class);
            }
            byte[] more = Arrays.copyOf(whole, whole.length + 1);
            assertThatThrownBy(() -> FrozenCodec.decode(more))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("1 bytes too many");
        }
    }

    @Test
    void givesAScopeOfANewerReleaseNoPower() {
        Grant.Client client = new Grant.Client("cli", "cli", "1", "linux", "", "", "", "");
        Grant grant = Grant.moved("operator", List.of("operator.future"), "token", client);

        assertThat(grant.scopes()).containsExactly("operator.future");
        assertThat(grant.mask()).isZero();
    }
}
