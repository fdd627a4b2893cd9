package dev.evergate.server.spi;

import dev.evergate.api.Secret;

import java.util.List;
import java.util.Optional;

/**
 * What of the configuration plain HTTP needs. Immutable.
 *
 * @param chatCompletions {@code gateway.http.endpoints.chatCompletions.enabled}
 * @param hooks {@code hooks.*}; empty while they are off
 */
public record HttpSettings(boolean chatCompletions, Optional<Hooks> hooks) {
    /** Everything that has to be switched on is off. */
    public static final HttpSettings OFF = new HttpSettings(false, Optional.empty());

    /**
     * @param path where they are, such as {@code /hooks}; begins with a slash and does not end with
     *     one
     * @param bodyBytesMax a longer payload is refused, positive
     * @param agentIds agents a payload may name; empty for all
     */
    public record Hooks(
            Secret token,
            String path,
            int bodyBytesMax,
            Optional<List<String>> agentIds,
            SessionKeys sessionKeys,
            List<Mapping> mappings) {
        public Hooks {
            mappings = List.copyOf(mappings);
        }
    }

    /**
     * Which conversations hooks may speak in.
     *
     * @param standard the one of a payload that names none; empty for a new one each time
     * @param areAsked whether a payload may name one
     * @param prefixes beginnings that are allowed; empty for all
     */
    public record SessionKeys(String standard, boolean areAsked, List<String> prefixes) {
        public SessionKeys {
            prefixes = List.copyOf(prefixes);
        }
    }

    /**
     * {@code hooks.mappings[]}: what a payload of another shape means. Texts that are absent are
     * empty.
     *
     * @param matchPath the last part of the address; empty for any
     * @param matchSource the payload's {@code source}; empty for any
     * @param isWake whether it is an event to hear of, not a message to answer
     * @param template text or message, with {@code {{…}}} for parts of the payload
     * @param isTrusted whether what it says is taken as the owner's own words
     */
    public record Mapping(
            String matchPath,
            String matchSource,
            boolean isWake,
            String name,
            String agentId,
            String sessionKey,
            String template,
            boolean isTrusted) {}
}
