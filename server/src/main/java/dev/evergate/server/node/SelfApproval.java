package dev.evergate.server.node;

import tools.jackson.databind.JsonNode;

import java.util.Locale;
import java.util.Optional;

/**
 * What nobody may say of its own request to a node (S14). Nodes of OpenClaw believe their gateway
 * that a person has approved a command ({@code approved}, {@code approvalDecision} …); this gateway
 * asks nobody, so nobody has. Stateless.
 */
public final class SelfApproval {
    private static final String RUN = "system.run";
    private static final String RULES = "system.execapprovals";

    private SelfApproval() {}

    /**
     * Why this is not handed on to a node; empty if it may be.
     *
     * @param params of the command
     */
    public static Optional<String> refusal(String command, JsonNode params) {
        String lower = command.toLowerCase(Locale.ROOT);
        if (lower.startsWith(RULES)) {
            return Optional.of(
                    "\"%s\" changes what a node asks a person about (expected: somebody at the node does)"
                            .formatted(command));
        }
        return lower.startsWith(RUN)
                ? params.propertyNames().stream()
                        .filter(name -> isApproval(name, params.path(name)))
                        .findFirst()
                        .map(
                                name ->
                                        ("\"%s\" in the params of \"%s\" says that a person has"
                                                        + " approved this (expected: nothing, the node"
                                                        + " asks by itself)")
                                                .formatted(name, command))
                : Optional.empty();
    }

    private static boolean isApproval(String name, JsonNode value) {
        boolean isNothing = value.isNull() || (value.isBoolean() && !value.booleanValue());
        return name.toLowerCase(Locale.ROOT).startsWith("approv") && !isNothing;
    }
}
