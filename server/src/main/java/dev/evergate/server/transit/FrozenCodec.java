package dev.evergate.server.transit;

import dev.evergate.core.journal.Node.Offer;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Peer;
import dev.evergate.server.access.ProxyWord;
import dev.evergate.server.access.Warrant;
import dev.evergate.server.move.StateVersions;
import dev.evergate.server.transit.FrozenSession.Duty;
import dev.evergate.server.transit.FrozenSession.Errand;
import dev.evergate.server.transit.FrozenSession.Greeting;
import dev.evergate.server.transit.FrozenSession.Open;
import dev.evergate.server.transit.FrozenSession.Pulse;
import dev.evergate.server.transit.FrozenSession.Seat;
import dev.evergate.server.transit.FrozenSession.Standing;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.ws.UnreadInput;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A frozen session as bytes. The first one is the version of the layout: a later release reads the
 * one before it, too. Stateless.
 */
public final class FrozenCodec {
    private static final int VERSION = 4;

    /** Knew no users, either, whom a proxy vouches for. */
    private static final int WITHOUT_WORDS = 3;

    /** Knew no nodes, and not whom a proxy speaks for. */
    private static final int WITHOUT_NODES = 2;

    /** Knew no warrants, either. */
    private static final int WITHOUT_WARRANTS = 1;

    private static final int GREETING = 0;
    private static final int OPEN = 1;

    private FrozenCodec() {}

    public static byte[] encode(FrozenSession session) {
        int bytes = session.output().length + session.input().bytes().length;
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes + 512);
        try {
            write(new DataOutputStream(out), session);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // memory does not fail so
        }
        return out.toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IOException saying what is wrong with it
     */
    public static FrozenSession decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int version = in.readUnsignedByte();
        if (version < WITHOUT_WARRANTS || version > VERSION) {
            throw new IOException(
                    "layout %d (expected: %d to %d)".formatted(version, WITHOUT_WARRANTS, VERSION));
        }
        StateVersions versions = new StateVersions(in.readLong(), in.readLong(), in.readBoolean());
        int kind = in.readUnsignedByte();
        Standing standing =
                switch (kind) {
                    case GREETING -> greeting(in, version);
                    case OPEN -> open(in, version);
                    default -> throw new IOException("standing " + kind + " (expected: 0 or 1)");
                };
        FrozenSession session = new FrozenSession(versions, standing, input(in), bytes(in));
        if (in.available() > 0) {
            throw new IOException(in.available() + " bytes too many");
        }
        return session;
    }

    private static void write(DataOutputStream out, FrozenSession session) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(session.versions().presence());
        out.writeLong(session.versions().health());
        out.writeBoolean(session.versions().isPresenceTold());
        switch (session.standing()) {
            case Greeting greeting -> write(out, greeting);
            case Open open -> write(out, open);
        }
        UnreadInput input = session.input();
        out.writeBoolean(input.begun() != UnreadInput.Begun.NOTHING);
        out.writeBoolean(input.begun() == UnreadInput.Begun.TEXT);
        write(out, input.message());
        write(out, input.bytes());
        write(out, session.output());
    }

    private static void write(DataOutputStream out, Greeting greeting) throws IOException {
        out.writeByte(GREETING);
        write(out, greeting.nonce());
        write(out, greeting.peer());
        out.writeLong(greeting.leftNanos());
        out.writeInt(greeting.waiting().size());
        for (JsonText message : greeting.waiting()) {
            write(out, message.bytes());
        }
    }

    private static void write(DataOutputStream out, Peer peer) throws IOException {
        write(out, peer.address().getAddress());
        out.writeBoolean(peer.isForwarded());
        out.writeBoolean(peer.hasLocalHost());
        write(out, peer.host());
        out.writeBoolean(peer.origin().isPresent());
        write(out, peer.origin().orElse(""));
        write(out, peer.client().map(InetAddress::getAddress).orElse(new byte[0]));
        out.writeBoolean(peer.word().isPresent());
        if (peer.word().isPresent()) {
            ProxyWord word = peer.word().get();
            write(out, word.user());
            out.writeBoolean(word.scopes().isPresent());
            write(out, word.scopes().orElse(List.of()));
        }
    }

    private static ProxyWord word(DataInputStream in) throws IOException {
        String user = text(in);
        boolean isLimited = in.readBoolean();
        return new ProxyWord(user, Optional.of(texts(in)).filter(_ -> isLimited));
    }

    private static Peer peer(DataInputStream in, int version) throws IOException {
        InetAddress address = InetAddress.getByAddress(bytes(in));
        boolean isForwarded = in.readBoolean();
        boolean hasLocalHost = in.readBoolean();
        String host = text(in);
        boolean hasOrigin = in.readBoolean();
        Optional<String> origin = Optional.of(text(in)).filter(_ -> hasOrigin);
        byte[] client = version > WITHOUT_NODES ? bytes(in) : new byte[0];
        boolean hasWord = version > WITHOUT_WORDS && in.readBoolean();
        return new Peer(
                address,
                isForwarded,
                hasLocalHost,
                host,
                origin,
                client.length == 0
                        ? Optional.empty()
                        : Optional.of(InetAddress.getByAddress(client)),
                hasWord ? Optional.of(word(in)) : Optional.empty());
    }

    private static void write(DataOutputStream out, Warrant warrant) throws IOException {
        out.writeLong(warrant.secret());
        out.writeBoolean(warrant.peer().isPresent());
        if (warrant.peer().isPresent()) {
            write(out, warrant.peer().get());
        }
    }

    private static Warrant warrant(DataInputStream in, int version) throws IOException {
        long secret = in.readLong();
        return new Warrant(
                in.readBoolean() ? Optional.of(peer(in, version)) : Optional.empty(), secret);
    }

    private static Greeting greeting(DataInputStream in, int version) throws IOException {
        String nonce = text(in);
        Peer peer = peer(in, version);
        long leftNanos = in.readLong();
        List<JsonText> waiting = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
            waiting.add(JsonText.of(bytes(in)));
        }
        return new Greeting(nonce, peer, leftNanos, waiting);
    }

    private static void write(DataOutputStream out, Open open) throws IOException {
        Grant grant = open.grant();
        out.writeByte(OPEN);
        write(out, grant.role());
        write(out, grant.scopes());
        write(out, grant.method());
        Grant.Client client = grant.client();
        write(out, client.id());
        write(out, client.mode());
        write(out, client.version());
        write(out, client.platform());
        write(out, client.deviceFamily());
        write(out, client.displayName());
        write(out, client.instanceId());
        write(out, client.deviceId());
        out.writeBoolean(open.seat().isPresent());
        out.writeLong(open.seat().map(Seat::sinceMs).orElse(0L));
        out.writeBoolean(open.seat().map(Seat::isTold).orElse(true));
        out.writeLong(open.seq());
        write(out, open.owed());
        out.writeLong(open.pulse().heardNanos());
        out.writeLong(open.pulse().pingedNanos());
        out.writeBoolean(open.pulse().isUnanswered());
        out.writeBoolean(open.warrant().isPresent());
        if (open.warrant().isPresent()) {
            write(out, open.warrant().get());
        }
        out.writeBoolean(open.duty().isPresent());
        if (open.duty().isPresent()) {
            write(out, grant.offer(), open.duty().get());
        }
    }

    private static void write(DataOutputStream out, Offer offer, Duty duty) throws IOException {
        write(out, offer.caps());
        write(out, offer.commands());
        out.writeLong(duty.sinceMs());
        out.writeInt(duty.errands().size());
        for (Errand errand : duty.errands()) {
            write(out, errand.id());
            write(out, errand.command());
            write(out, errand.key());
            out.writeLong(errand.leftMs());
        }
    }

    private static Duty duty(DataInputStream in) throws IOException {
        long sinceMs = in.readLong();
        List<Errand> errands = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
            errands.add(new Errand(text(in), text(in), text(in), in.readLong()));
        }
        return new Duty(sinceMs, errands);
    }

    private static Open open(DataInputStream in, int version) throws IOException {
        Grant grant =
                Grant.moved(
                        text(in),
                        texts(in),
                        text(in),
                        new Grant.Client(
                                text(in), text(in), text(in), text(in), text(in), text(in),
                                text(in), text(in)));
        boolean hasSeat = in.readBoolean();
        Seat seat = new Seat(in.readLong(), in.readBoolean());
        long seq = in.readLong();
        List<String> owed = texts(in);
        Pulse pulse = new Pulse(in.readLong(), in.readLong(), in.readBoolean());
        boolean hasWarrant = version > WITHOUT_WARRANTS && in.readBoolean();
        Optional<Warrant> warrant =
                hasWarrant ? Optional.of(warrant(in, version)) : Optional.empty();
        boolean hasDuty = version > WITHOUT_NODES && in.readBoolean();
        Offer offer = hasDuty ? new Offer(texts(in), texts(in)) : Offer.NOTHING;
        return new Open(
                grant.offering(offer).of(warrant.orElse(Warrant.NONE)),
                warrant,
                hasSeat ? Optional.of(seat) : Optional.empty(),
                seq,
                owed,
                pulse,
                hasDuty ? Optional.of(duty(in)) : Optional.empty());
    }

    private static UnreadInput input(DataInputStream in) throws IOException {
        boolean hasBegun = in.readBoolean();
        boolean isText = in.readBoolean();
        UnreadInput.Begun begun =
                !hasBegun
                        ? UnreadInput.Begun.NOTHING
                        : isText ? UnreadInput.Begun.TEXT : UnreadInput.Begun.BINARY;
        return new UnreadInput(begun, bytes(in), bytes(in));
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException(length + " bytes announced, " + in.available() + " are there");
        }
        return in.readNBytes(length);
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        write(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static void write(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            write(out, text);
        }
    }

    private static List<String> texts(DataInputStream in) throws IOException {
        List<String> texts = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
            texts.add(text(in));
        }
        return texts;
    }

    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > in.available()) {
            throw new IOException(count + " values announced, " + in.available() + " bytes left");
        }
        return count;
    }
}
