package dev.evergate.server.tools;

import dev.evergate.core.gateway.Gateway;
import dev.evergate.server.wire.Params;

import tools.jackson.databind.JsonNode;

/**
 * Something that can be used by name. Immutable.
 *
 * @param label the name for people
 * @param description what it is for, in one sentence
 */
public record Tool(String name, String label, String description, Action action) {
    /** What a tool does. Thread-safe; may block. */
    interface Action {
        /**
         * Does it once.
         *
         * @return what there is to say, as JSON
         * @throws dev.evergate.core.fault.EvergateException if it makes no sense, or cannot be done
         */
        JsonNode use(Use use);
    }

    /**
     * One use of a tool.
     *
     * @param args as they came; missing ones take their default
     * @param sessionKey the conversation it is used in, canonical
     * @param by who uses it
     * @param key names this use: the same again has no second effect; not empty
     */
    record Use(Gateway gateway, Params args, String sessionKey, Gateway.Sender by, String key) {}
}
