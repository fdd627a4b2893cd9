package dev.evergate.app.handover;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.EventCodec;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.server.move.Moving;
import dev.evergate.server.move.StateVersions;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link PeerMessage}s as bytes: one for the kind, then the fields in their order; texts and byte
 * strings with their length in front. Stateless.
 */
final class PeerCodec {
    private static final int OPENING = 1;
    private static final int CONNECTIONS = 2;
    private static final int HAPPENED = 3;
    private static final int ANSWERED = 4;
    private static final int READY = 5;
    private static final int ACCEPTED = 6;
    private static final int BYE = 7;
    private static final int ADOPTED = 8;
    private static final int SERVING = 9;
    private static final int STOP = 10;
    private static final int ASKED = 11;

    private PeerCodec() {}

    static byte[] encode(PeerMessage message) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            write(out, message);
        } catch (IOException impossible) {
            throw new IllegalStateException("memory refused bytes", impossible);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, PeerMessage message) throws IOException {
        switch (message) {
            case PeerMessage.Opening(var protocol, var generation, var versions) -> {
                out.writeByte(OPENING);
                out.writeInt(protocol);
                out.writeLong(generation);
                out.writeLong(versions.presence());
                out.writeLong(versions.health());
                out.writeBoolean(versions.isPresenceTold());
            }
            case PeerMessage.Connections(var number, var moving) -> {
                out.writeByte(CONNECTIONS);
                out.writeLong(number);
                out.writeInt(moving.size());
                for (Moving connection : moving) {
                    text(out, connection.id());
                    bytes(out, connection.body());
                }
            }
            case PeerMessage.Happened(var event) -> {
                out.writeByte(HAPPENED);
                bytes(out, EventCodec.encode(event));
            }
            case PeerMessage.Answered(var connection, var answer, var isLast) -> {
                out.writeByte(ANSWERED);
                text(out, connection);
                bytes(out, answer.bytes());
                out.writeBoolean(isLast);
            }
            case PeerMessage.Asked(var connection, var request) -> {
                out.writeByte(ASKED);
                text(out, connection);
                bytes(out, request.bytes());
            }
            case PeerMessage.Ready(var running) -> {
                out.writeByte(READY);
                out.writeInt(running.size());
                for (ActiveRun run : running) {
                    bytes(out, EventCodec.encode(run));
                }
            }
            case PeerMessage.Accepted(var runId) -> {
                out.writeByte(ACCEPTED);
                text(out, runId);
            }
            case PeerMessage.Bye _ -> out.writeByte(BYE);
            case PeerMessage.Adopted(var number) -> {
                out.writeByte(ADOPTED);
                out.writeLong(number);
            }
            case PeerMessage.Serving(var epoch) -> {
                out.writeByte(SERVING);
                out.writeLong(epoch);
            }
            case PeerMessage.Stop(var runId) -> {
                out.writeByte(STOP);
                text(out, runId);
            }
        }
    }

    /**
     * Reads a message.
     *
     * @param descriptors that came with it, in the order of its connections
     * @throws IOException if it is not one of ours
     */
    static PeerMessage decode(byte[] bytes, List<Integer> descriptors) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            PeerMessage message = read(in, descriptors);
            if (in.available() > 0) {
                throw malformed("with " + in.available() + " bytes behind it");
            }
            return message;
        } catch (EOFException | IllegalArgumentException | EvergateException e) {
            throw new IOException("The other generation sent a malformed message", e);
        }
    }

    private static PeerMessage read(DataInputStream in, List<Integer> descriptors)
            throws IOException {
        int kind = in.readUnsignedByte();
        return switch (kind) {
            case OPENING ->
                    new PeerMessage.Opening(
                            in.readInt(),
                            in.readLong(),
                            new StateVersions(in.readLong(), in.readLong(), in.readBoolean()));
            case CONNECTIONS -> connections(in, descriptors);
            case HAPPENED -> new PeerMessage.Happened(EventCodec.event(bytes(in)));
            case ANSWERED ->
                    new PeerMessage.Answered(
                            text(in), new PeerMessage.Text(bytes(in)), in.readBoolean());
            case ASKED -> new PeerMessage.Asked(text(in), new PeerMessage.Text(bytes(in)));
            case READY -> new PeerMessage.Ready(runs(in));
            case ACCEPTED -> new PeerMessage.Accepted(text(in));
            case BYE -> new PeerMessage.Bye();
            case ADOPTED -> new PeerMessage.Adopted(in.readLong());
            case SERVING -> new PeerMessage.Serving(in.readLong());
            case STOP -> new PeerMessage.Stop(text(in));
            default -> throw malformed("of kind " + kind);
        };
    }

    private static PeerMessage connections(DataInputStream in, List<Integer> descriptors)
            throws IOException {
        long number = in.readLong();
        int count = in.readInt();
        if (count != descriptors.size()) {
            throw malformed("of " + count + " connections with " + descriptors.size() + " sockets");
        }
        List<Moving> moving = new ArrayList<>();
        for (int descriptor : descriptors) {
            moving.add(new Moving(text(in), descriptor, bytes(in)));
        }
        return new PeerMessage.Connections(number, moving);
    }

    private static List<ActiveRun> runs(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<ActiveRun> runs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            runs.add(EventCodec.run(bytes(in)));
        }
        return runs;
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        bytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw malformed("with a field of " + length + " bytes");
        }
        return in.readNBytes(length);
    }

    private static IOException malformed(String how) {
        return new IOException("The other generation sent a message " + how);
    }
}
