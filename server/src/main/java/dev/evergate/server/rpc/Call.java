package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.server.access.Grant;
import dev.evergate.server.audit.Actors;
import dev.evergate.server.audit.Summary;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.WireError;

import tools.jackson.core.JacksonException;

import java.util.function.UnaryOperator;

/**
 * One request on its way through a method. Answered exactly once, from any thread; {@link
 * #progress} may come before.
 */
public final class Call {
    private final Json json;
    private final Gateway gateway;
    private final Caller caller;
    private final String method;
    private final JsonText text;
    private final Responder responder;

    /**
     * Who asks.
     *
     * @param connection its id
     * @param address of the other end
     */
    public record Caller(Grant grant, String connection, String address) {}

    /** Where answers go. Thread-safe. */
    public interface Responder {
        /** A successful response. */
        void ok(byte[] payload, boolean isLast);

        /** A failed response, the last one. */
        void failed(WireError error);

        /** A failed response with a payload, the last one. */
        void failed(byte[] payload, WireError error);

        /**
         * Lets the server that the connection has moved to answer in our place, as if the request
         * had come with these parameters; if there is none, the client is told to try again.
         */
        void handOn(String method, byte[] params);

        /** The same as soon as the connection moves; an answer may come before. */
        void handOnWhenMoved(String method, byte[] params);

        /** Runs something on the connection's loop if the client leaves before it is answered. */
        void whenGone(Runnable gone);
    }

    /**
     * @param gateway under the configuration this request sees
     * @param text the parameters. They are read when the method asks for them; one that runs on the
     *     event loop asks before it returns.
     */
    public Call(
            Json json,
            Gateway gateway,
            Caller caller,
            String method,
            JsonText text,
            Responder responder) {
        this.json = json;
        this.gateway = gateway;
        this.caller = caller;
        this.method = method;
        this.text = text;
        this.responder = responder;
    }

    /** The gateway, under the one configuration this request sees from its start to its end. */
    public Gateway gateway() {
        return gateway;
    }

    /** That configuration. */
    public ConfigSnapshot config() {
        return gateway.config();
    }

    /** Who asks. */
    public Grant grant() {
        return caller.grant();
    }

    /** Who asks, as the audit log has it. */
    Actor actor() {
        return Actors.of(caller.grant(), caller.connection(), caller.address());
    }

    /** What of the parameters the audit log may have; nothing of those that cannot be read. */
    Summary summary() {
        try {
            return text.isEmpty() ? Summary.NONE : Summary.of(json.parse(text));
        } catch (JacksonException | EvergateException malformed) {
            return Summary.NONE;
        }
    }

    /** The same call, whose answers go another way. */
    Call answeredThrough(UnaryOperator<Responder> way) {
        return new Call(json, gateway, caller, method, text, way.apply(responder));
    }

    /** Its connection, by the id it keeps for life. */
    public String connection() {
        return caller.connection();
    }

    /**
     * Reads the parameters.
     *
     * @throws dev.evergate.core.fault.EvergateException INVALID_REQUEST if they are not an object
     */
    public Params params() {
        return Params.read(json, method, text);
    }

    /** Answers with what is already JSON. */
    public void answer(byte[] payload) {
        responder.ok(payload, true);
    }

    public void answer(Json.Body payload) {
        answer(json.encode(payload));
    }

    /** A first answer; the real one follows under the same id. */
    public void progress(Json.Body payload) {
        responder.ok(json.encode(payload), false);
    }

    /** Leaves the answer to the generation that has taken over. */
    public void handOn() {
        responder.handOn(method, text.bytes());
    }

    /** The same, with other parameters: those of what is left to be asked. */
    public void handOn(Json.Body params) {
        responder.handOn(method, json.encode(params));
    }

    /** Leaves the answer to another server as soon as the client is there, if not given before. */
    public void handOnWhenMoved() {
        responder.handOnWhenMoved(method, text.bytes());
    }

    /** Lets something be done if the client leaves before it is answered; must not wait. */
    public void whenGone(Runnable gone) {
        responder.whenGone(gone);
    }

    public void fail(WireError error) {
        responder.failed(error);
    }

    public void fail(Json.Body payload, WireError error) {
        responder.failed(json.encode(payload), error);
    }
}
