package dev.evergate.server.tools;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.Gatekeeper;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpCall;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.exchange.Route;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.JsonText;
import dev.evergate.server.wire.Params;

import tools.jackson.core.JacksonException;

import java.util.Optional;

/** {@code POST /tools/invoke}: uses one tool, as an agent would. */
public final class ToolsRoute implements Route {
    private static final String PATH = "/tools/invoke";
    private static final String SENDER = "http";
    private static final int BODY_BYTES_MAX = 2 * 1024 * 1024;

    private final Json json;
    private final Gatekeeper keeper;
    private final Toolbox toolbox;

    public ToolsRoute(Json json, Gatekeeper keeper, Toolbox toolbox) {
        this.json = json;
        this.keeper = keeper;
        this.toolbox = toolbox;
    }

    @Override
    public Optional<Admission> admit(HttpHead head) {
        if (!head.path().equals(PATH)) {
            return Optional.empty();
        }
        if (!head.isPost()) {
            return Optional.of(new Admission.Answered(HttpAnswer.unfitMethod("POST")));
        }
        return Optional.of(
                keeper.refusal(head, Scope.WRITE)
                        .<Admission>map(Admission.Answered::new)
                        .orElseGet(
                                () ->
                                        keeper.admitted(
                                                head,
                                                BODY_BYTES_MAX,
                                                Auditing.REQUIRED,
                                                this::invoke)));
    }

    private void invoke(HttpCall call) {
        try {
            Params params = Params.of("tools.invoke", json.parse(JsonText.of(call.body())));
            String name = name(params);
            if (name.isEmpty()) {
                call.answer(refused("tools.invoke requires `tool`"));
                return;
            }
            call.answer(use(Toolbox.Wish.read(name, params), call.head()));
        } catch (JacksonException _) {
            call.answer(refused("The body is not JSON."));
        } catch (EvergateException e) {
            call.answer(
                    e.code() == ErrorCode.NOT_FOUND
                            ? fault("404 Not Found", "not_found", e)
                            : fault(HttpAnswer.of(e).status(), "tool_error", e));
        }
    }

    private static String name(Params params) {
        return params.optionalText("name")
                .or(() -> params.optionalText("tool"))
                .map(String::strip)
                .orElse("");
    }

    private HttpAnswer use(Toolbox.Wish wish, HttpHead head) {
        String by = head.either("message-channel").orElse(SENDER);
        boolean isOwner = keeper.holds(head, Scope.ADMIN);
        ToolResult result = toolbox.use(wish, head.gateway(), new Gateway.Sender(by, isOwner));
        return HttpAnswer.json(
                "200 OK",
                json.encode(
                        out -> {
                            out.writeStartObject();
                            out.writeBooleanProperty("ok", true);
                            out.writeName("result");
                            result.write(out);
                            out.writeEndObject();
                        }));
    }

    private HttpAnswer refused(String message) {
        return fault("400 Bad Request", "invalid_request", message);
    }

    private HttpAnswer fault(String status, String type, EvergateException error) {
        return fault(status, type, String.valueOf(error.getMessage()));
    }

    private HttpAnswer fault(String status, String type, String message) {
        return HttpAnswer.json(
                status,
                json.encode(
                        out -> {
                            out.writeStartObject();
                            out.writeBooleanProperty("ok", false);
                            out.writeObjectPropertyStart("error");
                            out.writeStringProperty("type", type);
                            out.writeStringProperty("message", message);
                            out.writeEndObject();
                            out.writeEndObject();
                        }));
    }
}
