package dev.evergate.server.rpc;

import dev.evergate.core.conversation.Router;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.access.Scope;
import dev.evergate.server.tools.Tool;
import dev.evergate.server.tools.ToolResult;
import dev.evergate.server.tools.Toolbox;
import dev.evergate.server.wire.Params;

import tools.jackson.core.JsonGenerator;

import java.util.List;

/** {@code tools.*}: what can be used by name, and its use. */
final class ToolMethods {
    private static final int KEY_CHARS_MAX = 512;

    /** All there is: nothing is left out for anybody. */
    private static final String PROFILE = "full";

    private static final String CORE = "core";

    /** Agents answer with words alone so far, whatever their session. */
    private static final String NOTICE =
            "The agent does not use these tools by itself in this release. Clients can:"
                    + " tools.invoke, or POST /tools/invoke.";

    private final Toolbox toolbox;

    ToolMethods(Services services) {
        this.toolbox = new Toolbox(services.world().ids());
    }

    List<Method> methods() {
        return List.of(
                Method.inline("tools.catalog", Scope.READ, this::catalog),
                Method.inline("tools.effective", Scope.READ, this::effective),
                Method.blocking("tools.invoke", Scope.WRITE, this::invoke));
    }

    private void catalog(Call call) {
        String agentId = call.config().agents().defaultId();
        checkAgent(call.params().optionalName("agentId").orElse(agentId), agentId);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("agentId", agentId);
                    out.writeArrayPropertyStart("profiles");
                    out.writeStartObject();
                    out.writeStringProperty("id", PROFILE);
                    out.writeStringProperty("label", "Full");
                    out.writeEndObject();
                    out.writeEndArray();
                    groups(out, ToolMethods::listed);
                    out.writeEndObject();
                });
    }

    private void effective(Call call) {
        Params params = call.params();
        Router.Route route = Router.route(params.text("sessionKey", KEY_CHARS_MAX), call.config());
        checkAgent(params.optionalName("agentId").orElse(route.agentId()), route.agentId());
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("agentId", route.agentId());
                    out.writeStringProperty("profile", PROFILE);
                    groups(out, ToolMethods::inEffect);
                    out.writeArrayPropertyStart("notices");
                    out.writeStartObject();
                    out.writeStringProperty("id", "clients-only");
                    out.writeStringProperty("severity", "info");
                    out.writeStringProperty("message", NOTICE);
                    out.writeEndObject();
                    out.writeEndArray();
                    out.writeEndObject();
                });
    }

    private static void checkAgent(String asked, String known) {
        if (!asked.equals(known)) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "unknown agent id \"%s\" (expected: %s)".formatted(asked, known));
        }
    }

    /** How one tool is shown. */
    private interface Form {
        void write(JsonGenerator out, Tool tool);
    }

    private void groups(JsonGenerator out, Form form) {
        out.writeArrayPropertyStart("groups");
        out.writeStartObject();
        out.writeStringProperty("id", CORE);
        out.writeStringProperty("label", "Built-in tools");
        out.writeStringProperty("source", CORE);
        out.writeArrayPropertyStart("tools");
        for (Tool tool : toolbox.all()) {
            out.writeStartObject();
            out.writeStringProperty("id", tool.name());
            out.writeStringProperty("label", tool.label());
            out.writeStringProperty("description", tool.description());
            form.write(out, tool);
            out.writeStringProperty("source", CORE);
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
        out.writeEndArray();
    }

    private static void listed(JsonGenerator out, Tool tool) {
        out.writeArrayPropertyStart("defaultProfiles");
        out.writeString(PROFILE);
        out.writeEndArray();
    }

    private static void inEffect(JsonGenerator out, Tool tool) {
        out.writeStringProperty("rawDescription", tool.description());
    }

    private void invoke(Call call) {
        Params params = call.params();
        String name = params.text("name");
        Toolbox.Wish wish = Toolbox.Wish.read(name, params);
        try {
            ToolResult result = toolbox.use(wish, call.gateway(), ChatMethods.sender(call.grant()));
            call.answer(
                    out -> {
                        out.writeStartObject();
                        out.writeBooleanProperty("ok", true);
                        out.writeStringProperty("toolName", name);
                        out.writeName("output");
                        result.write(out);
                        out.writeStringProperty("source", CORE);
                        out.writeEndObject();
                    });
        } catch (EvergateException e) {
            String code = code(e);
            call.answer(out -> refused(out, name, code, String.valueOf(e.getMessage())));
        }
    }

    /**
     * How a failure is called.
     *
     * @throws EvergateException the same one, if it has to do with the gateway and not with the
     *     tool
     */
    private static String code(EvergateException error) {
        return switch (error.code()) {
            case INVALID_REQUEST, CONFIG_REFUSED -> "validation_error";
            case NOT_FOUND -> "not_found";
            case FORBIDDEN -> "forbidden";
            case UNAVAILABLE, STATE_UNUSABLE, FENCED -> throw error;
            case STORE_DAMAGED, ADDRESS_IN_USE, ALREADY_RUNNING, INTERNAL -> "internal_error";
        };
    }

    private static void refused(JsonGenerator out, String name, String code, String message) {
        out.writeStartObject();
        out.writeBooleanProperty("ok", false);
        out.writeStringProperty("toolName", name);
        out.writeObjectPropertyStart("error");
        out.writeStringProperty("code", code);
        out.writeStringProperty("message", message);
        out.writeEndObject();
        out.writeEndObject();
    }
}
