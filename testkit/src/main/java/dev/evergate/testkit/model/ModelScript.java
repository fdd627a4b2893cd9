package dev.evergate.testkit.model;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What a fake provider does with one request. Scripts keep no state: one may play many times. */
@FunctionalInterface
public interface ModelScript {
    /** Writes the answer. An {@code IOException} means that the client has gone. */
    void play(Reply reply) throws IOException;

    /** Longer than any test: the client is expected to give up first. */
    long FOREVER_MS = 86_400_000;

    /** Answers at once with this text, in one piece. */
    static ModelScript text(String text) {
        return words(List.of(text), 0);
    }

    /** Says back what the user said last. */
    static ModelScript echo() {
        return reply -> {
            String asked = "";
            for (JsonNode message : reply.request().json().path("messages")) {
                asked = message.path("content").asString("");
            }
            text("You said: " + asked).play(reply);
        };
    }

    /** Streams the words {@code w1 w2 … wN}, one every {@code delayMs} milliseconds. */
    static ModelScript words(int count, long delayMs) {
        return reply -> {
            reply.begin();
            for (int i = 1; i <= count; i++) {
                reply.pause(delayMs).say((i == 1 ? "w" : " w") + i);
            }
            reply.finish("stop").usage(10, count).done();
        };
    }

    /** Streams these pieces, one every {@code delayMs} milliseconds. */
    static ModelScript words(List<String> pieces, long delayMs) {
        return reply -> {
            reply.begin();
            for (String piece : pieces) {
                reply.pause(delayMs).say(piece);
            }
            reply.finish("stop").usage(10, pieces.size()).done();
        };
    }

    /** Waits before the first byte, then goes on with {@code then}. */
    static ModelScript slow(long firstByteMs, ModelScript then) {
        return reply -> then.play(reply.pause(firstByteMs));
    }

    /** Reads the request and never answers. */
    static ModelScript silence() {
        return reply -> reply.pause(FOREVER_MS);
    }

    /** Says {@code count} words, then nothing, with the connection open. */
    static ModelScript silenceAfter(int count) {
        return reply -> {
            say(reply.begin(), count);
            reply.pause(FOREVER_MS);
        };
    }

    /** Says {@code count} words, then closes the connection. */
    static ModelScript cutAfter(int count) {
        return reply -> {
            say(reply.begin(), count);
            reply.cut();
        };
    }

    /** Says {@code count} words, then resets the connection. */
    static ModelScript resetAfter(int count) {
        return reply -> {
            say(reply.begin(), count);
            reply.reset();
        };
    }

    /** Says {@code count} words, then ends the response properly, but without a finish reason. */
    static ModelScript stopShortAfter(int count) {
        return reply -> {
            say(reply.begin(), count);
            reply.end();
        };
    }

    /** Never stops talking. */
    static ModelScript endless(long delayMs) {
        return reply -> {
            reply.begin();
            while (true) {
                reply.pause(delayMs).say("more ");
            }
        };
    }

    /** Sends something that is no JSON in the middle of the stream. */
    static ModelScript invalidJson() {
        return reply -> {
            say(reply.begin(), 1);
            reply.event("{\"choices\":[{\"delta\":{\"content\":").end();
        };
    }

    /** Answers with the whole completion as JSON, although a stream was asked for. */
    static ModelScript plainJson(String text) {
        return reply ->
                reply.whole(
                        200,
                        "application/json",
                        Map.of(),
                        """
                        {"id":"chatcmpl-1","object":"chat.completion","model":"m","choices":[
                         {"index":0,"message":{"role":"assistant","content":%s},"finish_reason":"stop"}],
                         "usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}"""
                                .formatted(new JsonMapper().writeValueAsString(text)));
    }

    /** Answers with a status and an error the way OpenAI words them. */
    static ModelScript error(int status, String code, String message) {
        return error(status, code, message, Map.of());
    }

    /** As above, with headers. */
    static ModelScript error(int status, String code, String message, Map<String, String> headers) {
        return reply ->
                reply.whole(
                        status,
                        "application/json",
                        headers,
                        new JsonMapper()
                                .writeValueAsString(
                                        Map.of("error", Map.of("message", message, "code", code))));
    }

    /** Too many requests; come back in {@code seconds}. */
    static ModelScript rateLimited(int seconds) {
        return error(
                429,
                "rate_limit_exceeded",
                "Rate limit reached",
                Map.of("Retry-After", Integer.toString(seconds)));
    }

    /** Sends exactly these events, then ends the response. */
    static ModelScript events(String... data) {
        return reply -> {
            reply.begin();
            for (String each : data) {
                reply.event(each);
            }
            reply.end();
        };
    }

    /** Sends exactly these pieces of an event stream, then ends the response. */
    static ModelScript stream(String... pieces) {
        return reply -> {
            reply.begin();
            for (String piece : pieces) {
                reply.raw(piece);
            }
            reply.end();
        };
    }

    private static void say(Reply reply, int count) throws IOException {
        for (int i = 1; i <= count; i++) {
            reply.say((i == 1 ? "w" : " w") + i);
        }
    }

    /**
     * Reads a script from a word, for command lines: {@code echo}, {@code text:Hello}, {@code
     * words:20:50ms}, {@code slow:2s:echo}, {@code silence}, {@code silence:3}, {@code cut:3},
     * {@code reset:3}, {@code endless:10ms}, {@code invalid}, {@code plain:Hello}, {@code 429:2},
     * {@code 401}, {@code 404}, {@code 500}.
     */
    static ModelScript parse(String text) {
        String[] parts = text.split(":", 2);
        String rest = parts.length == 2 ? parts[1] : "";
        return switch (parts[0]) {
            case "echo" -> echo();
            case "text" -> text(rest);
            case "words" -> {
                String[] numbers = rest.split(":", 2);
                yield words(Integer.parseInt(numbers[0]), millis(numbers[1]));
            }
            case "slow" -> {
                String[] slow = rest.split(":", 2);
                yield slow(millis(slow[0]), parse(slow[1]));
            }
            case "silence" -> rest.isEmpty() ? silence() : silenceAfter(Integer.parseInt(rest));
            case "cut" -> cutAfter(Integer.parseInt(rest));
            case "reset" -> resetAfter(Integer.parseInt(rest));
            case "endless" -> endless(millis(rest));
            case "invalid" -> invalidJson();
            case "plain" -> plainJson(rest);
            case "429" -> rateLimited(Integer.parseInt(rest));
            case "401" -> error(401, "invalid_api_key", "Incorrect API key provided");
            case "404" -> error(404, "model_not_found", "The model does not exist");
            case "500" -> error(500, "server_error", "The server had an error");
            default ->
                    throw new IllegalArgumentException(
                            "script '"
                                    + text
                                    + "' (expected: echo, text:…, words:N:DELAY, slow:DELAY:SCRIPT,"
                                    + " silence[:N], cut:N, reset:N, endless:DELAY, invalid, plain:…,"
                                    + " 429:SECONDS, 401, 404, 500)");
        };
    }

    private static long millis(String text) {
        String digits = text.replaceAll("[a-z]+$", "");
        return switch (text.substring(digits.length())) {
            case "ms" -> Long.parseLong(digits);
            case "s" -> Long.parseLong(digits) * 1000;
            default -> throw new IllegalArgumentException(text + " (expected: 50ms or 2s)");
        };
    }
}
