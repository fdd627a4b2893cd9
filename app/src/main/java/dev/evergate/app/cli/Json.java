package dev.evergate.app.cli;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON for people and scripts. */
final class Json {
    private Json() {}

    static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    /** Two spaces a level, one line a member. */
    static String pretty(JsonNode tree) {
        return tree.toPrettyString();
    }

    /** The failure of a command. */
    static ObjectNode failure(CommandFailure failure) {
        ObjectNode tree = object().put("ok", false);
        ObjectNode error =
                tree.putObject("error").put("code", failure.code()).put("message", failure.text());
        if (!failure.help().isEmpty()) {
            error.put("help", failure.help());
        }
        return tree;
    }
}
