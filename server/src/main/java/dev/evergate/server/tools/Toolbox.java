package dev.evergate.server.tools;

import dev.evergate.core.conversation.Router;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.time.Ids;
import dev.evergate.server.wire.Params;

import tools.jackson.databind.node.MissingNode;

import java.util.List;
import java.util.stream.Stream;

/**
 * Every tool of this release, for whoever uses one: plain HTTP and the methods of the protocol.
 * Thread-safe; uses block on the store.
 */
public final class Toolbox {
    private static final int KEY_CHARS_MAX = 200;

    private final Ids ids;
    private final List<Tool> tools =
            Stream.of(ReadingTools.all(), SendingTools.all()).flatMap(List::stream).toList();

    public Toolbox(Ids ids) {
        this.ids = ids;
    }

    /** A wish to use a tool, as it came. */
    public record Wish(
            String tool, Params args, String sessionKey, String agentId, String idempotencyKey) {
        /** Reads all of it but the name of the tool, which has several. */
        public static Wish read(String tool, Params params) {
            return new Wish(
                    tool,
                    params.object("args")
                            .orElseGet(() -> Params.of(tool, MissingNode.getInstance())),
                    params.optionalText("sessionKey").orElse("").strip(),
                    params.optionalText("agentId").orElse("").strip(),
                    params.optionalText("idempotencyKey").orElse("").strip());
        }
    }

    /** All of them, in the order in which they are shown. */
    public List<Tool> all() {
        return tools;
    }

    /**
     * Uses a tool.
     *
     * @return what it says
     * @throws EvergateException NOT_FOUND if there is no such tool; INVALID_REQUEST if it cannot be
     *     used like that
     */
    public ToolResult use(Wish wish, Gateway gateway, Gateway.Sender by) {
        Tool tool =
                tools.stream()
                        .filter(each -> each.name().equals(wish.tool()))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new EvergateException(
                                                ErrorCode.NOT_FOUND,
                                                "Tool not available: " + wish.tool()));
        String sessionKey = sessionKey(wish, gateway);
        return new ToolResult(
                tool.action().use(new Tool.Use(gateway, wish.args(), sessionKey, by, key(wish))));
    }

    /** The conversation a tool is used in; that of an agent, or the main one, if none is named. */
    private static String sessionKey(Wish wish, Gateway gateway) {
        String main = wish.agentId().isEmpty() ? "main" : "agent:" + wish.agentId() + ":main";
        boolean isNamed = !wish.sessionKey().isEmpty() && !wish.sessionKey().equals("main");
        Router.Route route = Router.route(isNamed ? wish.sessionKey() : main, gateway.config());
        if (!wish.agentId().isEmpty() && !wish.agentId().equals(route.agentId())) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "agent id \"%s\" does not match session agent \"%s\""
                            .formatted(wish.agentId(), route.agentId()));
        }
        return route.sessionKey();
    }

    private String key(Wish wish) {
        String key = wish.idempotencyKey();
        if (key.length() > KEY_CHARS_MAX) {
            throw new EvergateException(
                    ErrorCode.INVALID_REQUEST,
                    "idempotencyKey has %d characters (expected: at most %d)"
                            .formatted(key.length(), KEY_CHARS_MAX));
        }
        return "tool_" + (key.isEmpty() ? ids.next() : key);
    }
}
