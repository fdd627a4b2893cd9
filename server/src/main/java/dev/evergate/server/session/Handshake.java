package dev.evergate.server.session;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.server.access.AccessPolicy.Decision;
import dev.evergate.server.access.ConnectRequest;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Peer;
import dev.evergate.server.access.Proxies;
import dev.evergate.server.audit.Actors;
import dev.evergate.server.audit.Scribe;
import dev.evergate.server.rpc.Services;
import dev.evergate.server.wire.Frames;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.RequestFrame;
import dev.evergate.server.wire.WireError;
import dev.evergate.server.ws.CloseCode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import java.util.Optional;

/**
 * A connection that has not said who it is (protocol v4 "Handshake").
 *
 * @param nonce of the challenge
 * @param peer where the connection comes from
 */
record Handshake(String nonce, Peer peer) {
    private static final String CONNECT = "connect";

    /** A device of this machine that was allowed what it wanted, without anybody being asked. */
    private static final String PAIRED = "device.pair.silent";

    /** What the first frame turned out to be. */
    sealed interface FirstFrame {
        /** A {@code connect}, to be decided about. */
        record Connect(RequestFrame.Request request) implements FirstFrame {}

        /**
         * Something else: the end.
         *
         * @param error to answer first, with the id to answer to
         */
        record Refused(Optional<Answer> error, CloseCode close, String reason)
                implements FirstFrame {}
    }

    /** A failure and the id it answers. */
    record Answer(JsonText id, WireError error) {}

    /** Whether a proxy nobody declared speaks for somebody we cannot see. */
    boolean isUnattributed(Services services) {
        return peer.isForwarded()
                && !Proxies.contain(
                        services.gateway().config().gateway().trustedProxies(), peer.address());
    }

    /** The challenge, which is the one event without a number. */
    byte[] challenge(Services services) {
        return services.json()
                .encode(
                        out -> {
                            out.writeStartObject();
                            out.writeStringProperty("type", "event");
                            out.writeStringProperty("event", "connect.challenge");
                            out.writeObjectPropertyStart("payload");
                            out.writeStringProperty("nonce", nonce);
                            out.writeNumberProperty("ts", services.world().time().wallMillis());
                            out.writeEndObject();
                            out.writeEndObject();
                        });
    }

    static FirstFrame classify(RequestFrame frame) {
        return switch (frame) {
            case RequestFrame.Garbage _ ->
                    new FirstFrame.Refused(Optional.empty(), CloseCode.NORMAL, "");
            case RequestFrame.Malformed _ ->
                    new FirstFrame.Refused(
                            Optional.empty(), CloseCode.POLICY, "invalid request frame");
            case RequestFrame.Request request when !request.method().equals(CONNECT) -> {
                WireError error =
                        WireError.invalid("invalid handshake: first request must be connect");
                yield new FirstFrame.Refused(
                        Optional.of(new Answer(request.id(), error)),
                        CloseCode.POLICY,
                        error.message());
            }
            case RequestFrame.Request request -> new FirstFrame.Connect(request);
        };
    }

    /** Decides about a {@code connect}. Blocks on the store for a device. */
    Decision decide(Hall hall, JsonText params) {
        Services services = hall.services();
        try {
            ConnectRequest asked =
                    ConnectRequest.read(Params.read(services.json(), CONNECT, params));
            long startMs = services.world().time().wallMillis();
            Decision decision =
                    hall.policy()
                            .decide(
                                    asked,
                                    peer,
                                    nonce,
                                    services.readiness().get().phase(),
                                    services.gateway().config());
            writeDown(decision, startMs, services.boards().scribe());
            return decision;
        } catch (EvergateException failed) {
            WireError error = WireError.of(failed);
            CloseCode close = error.retry().isAdvised() ? CloseCode.TRY_LATER : CloseCode.POLICY;
            return new Decision.Refused(error, close, error.message(), 0);
        }
    }

    /** Who came in, and who did not; by the minute, so that nobody can fill a disk with it. */
    private void writeDown(Decision decision, long startMs, Scribe scribe) {
        switch (decision) {
            case Decision.Granted granted -> {
                Grant grant = granted.grant();
                String address = peer.clientAddress().getHostAddress();
                String scopes = String.join(" ", grant.scopes());
                Actor actor = Actors.of(grant, "", address);
                scribe.counted(actor, new Act(CONNECT, grant.role(), "", scopes), Note.OK);
                // A token made just now: the device was paired, or allowed more, by coming here.
                if (granted.issued().filter(token -> token.atMs() >= startMs).isPresent()) {
                    String target = "deviceId=%s role=%s".formatted(actor.device(), grant.role());
                    scribe.ended(0, actor, new Act(PAIRED, target, "", scopes), Note.OK);
                }
            }
            case Decision.Refused refused -> {
                WireError error = refused.error();
                Object code = error.details().getOrDefault("code", error.code());
                scribe.refused(
                        Actors.stranger(peer), new Act(CONNECT, "", "", ""), code.toString());
            }
        }
    }

    /** The frame that carries a refusal. */
    static ByteBuf frame(ByteBufAllocator allocator, Services services, Answer answer) {
        return Frames.failure(allocator, answer.id(), services.json(), answer.error());
    }
}
