package dev.evergate.server.rpc;

import dev.evergate.server.access.Grant;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.WireError;

/**
 * One request on its way through a method. Answered exactly once, from any thread; {@link
 * #progress} may come before.
 */
public final class Call {
    private final Json json;
    private final Grant grant;
    private final Source source;
    private final Responder responder;

    /**
     * Where the parameters stand. They are read when a method asks for them; a method that runs on
     * the event loop asks before it returns.
     */
    public record Source(String method, byte[] text, int start, int end) {}

    /** Where answers go. Thread-safe. */
    public interface Responder {
        /** A successful response. */
        void ok(byte[] payload, boolean isLast);

        /** A failed response, the last one. */
        void failed(WireError error);

        /** A failed response with a payload, the last one. */
        void failed(byte[] payload, WireError error);
    }

    public Call(Json json, Grant grant, Source source, Responder responder) {
        this.json = json;
        this.grant = grant;
        this.source = source;
        this.responder = responder;
    }

    /** Who asks. */
    public Grant grant() {
        return grant;
    }

    /**
     * Reads the parameters.
     *
     * @throws dev.evergate.core.fault.EvergateException INVALID_REQUEST if they are not an object
     */
    public Params params() {
        return Params.read(json, source.method, source.text, source.start, source.end);
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

    public void fail(WireError error) {
        responder.failed(error);
    }

    public void fail(Json.Body payload, WireError error) {
        responder.failed(json.encode(payload), error);
    }
}
