package dev.evergate.server.wire;

import dev.evergate.core.fault.EvergateException;

import tools.jackson.core.JsonGenerator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A failure as clients see it (protocol v4 "Errors").
 *
 * @param code top-level code
 * @param message for people; clients match the beginning of some
 * @param details for programs; empty if there are none; values are strings, numbers, booleans, maps
 *     of strings, or lists of strings or of maps of strings
 * @param retry whether and when to try again
 */
public record WireError(String code, String message, Map<String, Object> details, Retry retry) {
    public static final String INVALID_REQUEST = "INVALID_REQUEST";
    public static final String UNAVAILABLE = "UNAVAILABLE";
    public static final String FORBIDDEN = "FORBIDDEN";
    public static final String NOT_PAIRED = "NOT_PAIRED";

    private static final int RETRY_AFTER_MS = 500;

    /**
     * Whether trying again can help.
     *
     * @param afterMs when; 0 to leave that to the client
     */
    public record Retry(boolean isAdvised, long afterMs) {
        static final Retry NO = new Retry(false, 0);
    }

    public static WireError invalid(String message) {
        return new WireError(INVALID_REQUEST, message, Map.of(), Retry.NO);
    }

    public static WireError of(String code, String message) {
        return new WireError(code, message, Map.of(), Retry.NO);
    }

    /** Not now; {@code reason} goes into the details. */
    public static WireError tryAgain(String message, String reason) {
        return new WireError(
                UNAVAILABLE, message, Map.of("reason", reason), new Retry(true, RETRY_AFTER_MS));
    }

    public static WireError missingScope(String scope) {
        return of(FORBIDDEN, "missing scope: " + scope)
                .with("code", "MISSING_SCOPE")
                .with("missingScope", scope)
                .with("requiredScopes", List.of(scope));
    }

    /** What an operating error of the gateway is on the wire. */
    public static WireError of(EvergateException error) {
        String message = String.valueOf(error.getMessage());
        return switch (error.code()) {
            case INVALID_REQUEST, NOT_FOUND, CONFIG_REFUSED -> invalid(message);
            case FORBIDDEN -> of(FORBIDDEN, message);
            case UNAVAILABLE -> tryAgain(message, "unavailable");
            case STATE_UNUSABLE -> tryAgain(message, "state-unusable");
            case FENCED -> tryAgain(message, "gateway-restarting");
            case STORE_DAMAGED, ADDRESS_IN_USE, ALREADY_RUNNING, INTERNAL ->
                    of(UNAVAILABLE, message);
        };
    }

    /** The same with one more detail. */
    public WireError with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(details);
        more.put(name, value);
        return new WireError(code, message, more, retry);
    }

    /** The same, its message closing with the command that helps. */
    public WireError withHelp(String command) {
        String helpful = message + "; on the gateway's machine: " + command;
        return new WireError(code, helpful, details, retry);
    }

    /** The same with advice to try again after a while. */
    public WireError retryAfter(long afterMs) {
        return new WireError(code, message, details, new Retry(true, afterMs));
    }

    /**
     * The same with its advice put off by a part of itself, so that not everybody comes back at
     * once.
     *
     * @param part from 0 to 1
     */
    public WireError putOff(double part) {
        long afterMs = retry.afterMs + (long) (retry.afterMs * part);
        return new WireError(code, message, details, new Retry(retry.isAdvised, afterMs));
    }

    void write(JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("code", code);
        out.writeStringProperty("message", message.isEmpty() ? code : message);
        if (retry.isAdvised) {
            out.writeBooleanProperty("retryable", true);
            if (retry.afterMs > 0) {
                out.writeNumberProperty("retryAfterMs", retry.afterMs);
            }
        }
        if (!details.isEmpty()) {
            out.writeObjectPropertyStart("details");
            details.forEach((name, value) -> writeDetail(out, name, value));
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private static void writeDetail(JsonGenerator out, String name, Object value) {
        switch (value) {
            case String text -> out.writeStringProperty(name, text);
            case Boolean flag -> out.writeBooleanProperty(name, flag);
            case Number number -> out.writeNumberProperty(name, number.longValue());
            case Map<?, ?> map -> {
                out.writeName(name);
                writeItem(out, map);
            }
            case List<?> list -> {
                out.writeArrayPropertyStart(name);
                list.forEach(item -> writeItem(out, item));
                out.writeEndArray();
            }
            default -> out.writeStringProperty(name, value.toString());
        }
    }

    private static void writeItem(JsonGenerator out, Object item) {
        if (item instanceof Map<?, ?> map) {
            out.writeStartObject();
            map.forEach(
                    (name, value) -> out.writeStringProperty(name.toString(), value.toString()));
            out.writeEndObject();
        } else {
            out.writeString(item.toString());
        }
    }
}
