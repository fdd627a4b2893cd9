package dev.evergate.server.openai;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.MessageOptions.Said;
import dev.evergate.core.journal.MessageOptions.Terms;
import dev.evergate.core.time.Ids;
import dev.evergate.server.exchange.HttpHead;

import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A request for a chat completion, understood.
 *
 * @param model as the caller named it
 * @param sessionKey the conversation it is part of
 * @param isLasting whether the caller may come back to that conversation
 * @param runId names the run and the answer; the same again for the same {@code Idempotency-Key}
 * @param isKeyed whether the caller gave such a key, and so may ask again
 */
record Question(
        String model,
        String sessionKey,
        boolean isLasting,
        String runId,
        boolean isKeyed,
        Conversation conversation,
        Terms terms,
        boolean isStreamed,
        boolean wantsUsage) {
    private static final String DEFAULT_MODEL = "openclaw";
    private static final List<String> RESERVED = List.of("subagent:", "cron:", "acp:");
    private static final int KEY_CHARS_MAX = 200;
    private static final int USER_CHARS_MAX = 128;

    /**
     * Which API a question comes by.
     *
     * @param run what the names of its runs begin with
     * @param room what the names of its conversations begin with
     */
    record Api(String run, String room) {
        static final Api COMPLETIONS = new Api("chatcmpl_", "openai");
        static final Api RESPONSES = new Api("resp_", "openresponses");
    }

    /**
     * Reads a request for a chat completion, or one that was made to look like it.
     *
     * @param continued the conversation it goes on with, if it names one in its body
     * @param pictures makes pictures of addresses, and may wait
     * @throws EvergateException INVALID_REQUEST
     */
    static Question read(
            Api api,
            JsonNode body,
            HttpHead head,
            Ids ids,
            Optional<String> continued,
            Pictures pictures) {
        ConfigSnapshot config = head.gateway().config();
        refuseUnheard(body);
        String model = body.path("model").asString(DEFAULT_MODEL);
        String agent = agent(model, head, config);
        Conversation conversation = Conversation.read(body.path("messages"), pictures);
        Optional<String> key = head.header("idempotency-key");
        String name = key.map(Question::checked).orElseGet(ids::next);
        String user = body.path("user").asString("").strip();
        Optional<String> session =
                head.either("session-key").map(Question::free).or(() -> continued);
        String room = "agent:" + agent + ":" + api.room();
        String sessionKey =
                session.orElseGet(
                        () -> room + (user.isEmpty() ? ":" + name : "-user:" + bounded(user)));
        return new Question(
                model,
                sessionKey,
                session.isPresent() || !user.isEmpty(),
                api.run() + name,
                key.isPresent(),
                conversation,
                new TermsReader(body).read(),
                body.path("stream").asBoolean(false),
                body.path("stream_options").path("include_usage").asBoolean(false));
    }

    /**
     * How it is to be answered.
     *
     * @param otherModel {@code provider/model}; empty for the agent's own
     */
    MessageOptions options(String otherModel) {
        // A conversation that lasts has heard what came before.
        List<Said> earlier = isLasting ? List.of() : conversation.earlier();
        return new MessageOptions(otherModel, "", 0, conversation.instructions(), earlier, terms);
    }

    private static String agent(String model, HttpHead head, ConfigSnapshot config) {
        Optional<String> named = new AgentModels(config.agents()).agent(model);
        if (named.isEmpty()) {
            throw invalid("Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.");
        }
        return head.either("agent-id").orElse(named.get());
    }

    /** What would silently be lost is refused. */
    private static void refuseUnheard(JsonNode body) {
        if (!body.isObject()) {
            throw invalid("The body is not a JSON object.");
        }
        if (!body.path("functions").isEmpty()) {
            throw invalid("`functions` is not supported (expected: `tools`).");
        }
        if (body.path("n").asInt(1) != 1) {
            throw invalid("`n` is %d (expected: 1).".formatted(body.path("n").asInt(1)));
        }
    }

    /** Names of conversations that are made by the gateway itself are not for callers. */
    private static String free(String sessionKey) {
        String name = sessionKey.replaceFirst("^agent:[^:]*:", "");
        if (RESERVED.stream().anyMatch(name::startsWith)) {
            throw invalid(
                    "x-openclaw-session-key \"%s\" begins with a reserved name (%s)."
                            .formatted(sessionKey, String.join(", ", RESERVED)));
        }
        return sessionKey;
    }

    private static String checked(String key) {
        if (key.length() > KEY_CHARS_MAX) {
            throw invalid(
                    "Idempotency-Key has %d characters (expected: at most %d)."
                            .formatted(key.length(), KEY_CHARS_MAX));
        }
        return key;
    }

    /** A name of any length as a part of a key. */
    private static String bounded(String user) {
        if (user.length() <= USER_CHARS_MAX) {
            return user;
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(user.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java has no SHA-256", missing);
        }
    }

    private static EvergateException invalid(String message) {
        return new EvergateException(ErrorCode.INVALID_REQUEST, message);
    }
}
