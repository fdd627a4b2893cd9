package dev.evergate.app.cli.wire;

import java.util.Set;

/** What a connection may do. A command asks for no more than it needs. */
public enum Scope {
    READ("operator.read"),
    WRITE("operator.write"),
    PAIRING("operator.pairing"),
    ADMIN("operator.admin");

    private static final Set<String> READ_METHODS =
            Set.of(
                    "agent.identity.get",
                    "agents.list",
                    "channels.status",
                    "chat.history",
                    "chat.metadata",
                    "chat.startup",
                    "commands.list",
                    "config.diff",
                    "config.get",
                    "config.history",
                    "config.schema",
                    "config.schema.lookup",
                    "cron.list",
                    "cron.status",
                    "health",
                    "diagnostics.stability",
                    "gateway.restart.preflight",
                    "logs.tail",
                    "models.list",
                    "node.describe",
                    "node.list",
                    "restarts.get",
                    "restarts.list",
                    "sessions.describe",
                    "sessions.list",
                    "sessions.preview",
                    "sessions.resolve",
                    "status",
                    "system-presence");

    /** The other ones about devices and nodes give away what their caller must have. */
    private static final Set<String> PAIRING_METHODS =
            Set.of(
                    "device.pair.list",
                    "device.pair.reject",
                    "device.pair.rename",
                    "node.pair.list",
                    "node.pair.reject",
                    "node.pair.remove",
                    "node.rename");

    private static final Set<String> WRITE_METHODS =
            Set.of(
                    "agent",
                    "agent.wait",
                    "chat.abort",
                    "chat.send",
                    "node.invoke",
                    "sessions.abort",
                    "sessions.create",
                    "sessions.patch",
                    "sessions.send");

    private final String wireName;

    Scope(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    /**
     * What a method needs. One we do not know gets {@link #ADMIN}: with less, a gateway calls an
     * unknown method forbidden instead of unknown.
     */
    public static Scope of(String method) {
        if (READ_METHODS.contains(method)) {
            return READ;
        }
        if (WRITE_METHODS.contains(method)) {
            return WRITE;
        }
        return PAIRING_METHODS.contains(method) ? PAIRING : ADMIN;
    }
}
