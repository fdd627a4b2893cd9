package dev.evergate.server.rpc;

import dev.evergate.core.device.Pairing;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Node;
import dev.evergate.core.journal.Node.Offer;
import dev.evergate.core.journal.Node.Wish;
import dev.evergate.server.access.Scope;
import dev.evergate.server.node.Errand;
import dev.evergate.server.node.NodeBoard;
import dev.evergate.server.node.NodeBoard.Present;
import dev.evergate.server.node.Outcome;
import dev.evergate.server.node.SelfApproval;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.WireError;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code node.invoke} of operators, and {@code node.invoke.result} and {@code node.event} of nodes
 * (protocol v4 "Devices and nodes").
 *
 * <p>A node is asked only for what it offers and somebody has allowed. The same key for the same
 * command of the same node asks once: whoever repeats it waits for the first, or gets what that
 * brought, for five minutes.
 */
final class NodeInvokeMethods {
    private static final long TIMEOUT_MS = 30_000;
    private static final long TIMEOUT_MS_MAX = 600_000;

    /** So that the answer, which may carry the payload twice, fits into a frame. */
    private static final int PAYLOAD_CHARS_MAX = 8 << 20;

    private final Pairing pairing;
    private final NodeBoard board;
    private final Services services;

    NodeInvokeMethods(Services services) {
        this.services = services;
        this.pairing = services.gateway().pairing();
        this.board = services.boards().nodes();
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("node.invoke", Scope.WRITE, this::invoke),
                Method.ofNodes("node.invoke.result", this::result),
                Method.ofNodes("node.event", this::event));
    }

    private void invoke(Call call) {
        Params params = call.params();
        String nodeId = params.text("nodeId");
        String command = params.text("command");
        long timeoutMs = params.optionalInteger("timeoutMs", 0, Long.MAX_VALUE).orElse(TIMEOUT_MS);
        Errand.Request request =
                new Errand.Request(
                        nodeId,
                        command,
                        params.text("idempotencyKey"),
                        params.json("params").orElse(""),
                        timeoutMs == 0 ? TIMEOUT_MS_MAX : Math.min(timeoutMs, TIMEOUT_MS_MAX),
                        params.optionalText("sessionKey").orElse(""));
        Device device =
                pairing.find(nodeId)
                        .filter(known -> known.role(Node.ROLE).isPresent())
                        .orElseThrow(NodeInvokeMethods::unknownNode);
        Optional<WireError> refusal =
                SelfApproval.refusal(command, params.node("params"))
                        .map(why -> notAllowed(command, "self-approval", why))
                        .or(() -> refusal(device.node().orElse(Node.NEW), nodeId, command));
        if (refusal.isPresent()) {
            call.fail(refusal.get());
            return;
        }
        Asking asking = new Asking(call, request);
        call.whenGone(() -> board.unask(request, asking));
        board.ask(request, asking);
    }

    private Optional<WireError> refusal(Node node, String nodeId, String command) {
        Optional<Offer> declared = board.present(nodeId).map(Present::offer);
        if (declared.isPresent() && !declared.get().commands().contains(command)) {
            return Optional.of(
                    notAllowed(
                            command,
                            "command not declared by node",
                            "the node does not offer \"" + command + "\""));
        }
        if (node.allowed().commands().contains(command)) {
            return Optional.empty();
        }
        String how =
                node.wish()
                        .map(Wish::id)
                        .map(id -> "; to allow what it offers: evergate nodes approve " + id)
                        .orElse("; what it offers has been rejected");
        return Optional.of(
                notAllowed(
                        command,
                        "command not approved",
                        "nobody has allowed \"" + command + "\" of this node" + how));
    }

    private static WireError notAllowed(String command, String reason, String why) {
        return WireError.invalid("node command not allowed: " + why)
                .with("reason", reason)
                .with("command", command);
    }

    private static EvergateException unknownNode() {
        return new EvergateException(
                ErrorCode.NOT_FOUND, "unknown nodeId (to see all: evergate nodes list)");
    }

    /** An operator that waits. */
    private record Asking(Call call, Errand.Request request) implements NodeBoard.Asker {
        @Override
        public void told(Outcome outcome) {
            switch (outcome) {
                case Outcome.Done done -> call.answer(out -> done(out, done));
                case Outcome.Failed failed -> call.fail(error(failed));
            }
        }

        private void done(JsonGenerator out, Outcome.Done done) {
            out.writeStartObject();
            out.writeBooleanProperty("ok", true);
            out.writeStringProperty("nodeId", request.nodeId());
            out.writeStringProperty("command", request.command());
            out.writeName("payload");
            out.writeRawValue(done.payload());
            if (done.payloadJson().isEmpty()) {
                out.writeNullProperty("payloadJSON");
            } else {
                out.writeStringProperty("payloadJSON", done.payloadJson());
            }
            out.writeEndObject();
        }

        @Override
        public void nodeMoved() {
            call.handOnWhenMoved();
        }

        @Override
        public void turnedAway() {
            call.fail(
                    WireError.tryAgain(
                            "the nodes have been asked for too much that they have not done yet",
                            "too-many-requests"));
        }

        private static WireError error(Outcome.Failed failed) {
            String code = failed.code();
            String message = code.isEmpty() ? failed.message() : code + ": " + failed.message();
            WireError error =
                    WireError.of(WireError.UNAVAILABLE, message)
                            .with("nodeError", Map.of("code", code, "message", failed.message()))
                            .with("nodeCommandDispatched", failed.isDispatched());
            return code.isEmpty() ? error : error.with("code", code);
        }
    }

    private void result(Call call) {
        Params params = call.params();
        String errandId = params.text("id");
        String nodeId = params.text("nodeId");
        boolean isOk = params.requiredFlag("ok");
        if (!nodeId.equals(call.grant().client().deviceId())) {
            throw new EvergateException(ErrorCode.INVALID_REQUEST, "nodeId mismatch");
        }
        Outcome outcome = isOk ? done(params) : failed(params);
        switch (board.brought(nodeId, call.connection(), errandId, outcome)) {
            case TAKEN -> call.answer(out -> receipt(out, false));
            case IGNORED -> call.answer(out -> receipt(out, true));
            case ELSEWHERE -> call.handOn();
        }
    }

    private static void receipt(JsonGenerator out, boolean isIgnored) {
        out.writeStartObject();
        out.writeBooleanProperty("ok", true);
        if (isIgnored) {
            out.writeBooleanProperty("ignored", true);
        }
        out.writeEndObject();
    }

    private Outcome done(Params params) {
        String text = params.optionalText("payloadJSON").orElse("");
        String payload = text.isEmpty() ? params.json("payload").orElse("null") : parsed(text);
        int chars = Math.max(payload.length(), text.length());
        if (chars > PAYLOAD_CHARS_MAX) {
            return new Outcome.Failed(
                    "RESULT_TOO_LARGE",
                    "the node's result has %d characters (expected: at most %d)"
                            .formatted(chars, PAYLOAD_CHARS_MAX),
                    true);
        }
        return new Outcome.Done(payload, text);
    }

    /** The same as it is if it is JSON; what is not is no value. */
    private String parsed(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            JsonNode value = services.json().parse(JsonText.of(bytes));
            return value.toString();
        } catch (JacksonException noJson) {
            return "null";
        }
    }

    private static Outcome failed(Params params) {
        Optional<Params> error = params.object("error");
        return new Outcome.Failed(
                error.flatMap(e -> e.optionalText("code")).orElse(""),
                error.flatMap(e -> e.optionalText("message")).orElse("node invoke failed"),
                true);
    }

    /** Nothing here acts on what nodes tell by themselves, and says so. */
    private void event(Call call) {
        String event = call.params().text("event");
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("event", event);
                    out.writeBooleanProperty("handled", false);
                    out.writeStringProperty("reason", "not-supported");
                    out.writeEndObject();
                });
    }
}
