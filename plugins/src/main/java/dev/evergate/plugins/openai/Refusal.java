package dev.evergate.plugins.openai;

import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.plugins.http.ProviderFaults;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Turns an error that a provider reports, as a status or inside a stream, into an exception. */
final class Refusal {
    private static final JsonMapper JSON = new JsonMapper();

    /** Not an error of this moment: nothing but a payment or another month helps. */
    private static final Set<String> NO_QUOTA = Set.of("insufficient_quota", "billing_not_active");

    private final ProviderFaults faults;
    private final String model;

    Refusal(ProviderFaults faults, String model) {
        this.faults = faults;
        this.model = model;
    }

    /** The exception for a response that is not 200. */
    ModelException of(int status, HttpHeaders headers, String body) {
        Report report = Report.parse(body);
        String said = status + said(report);
        return of(status, report, said, retryAfter(headers));
    }

    /** The exception for an {@code error} inside a stream. */
    ModelException of(JsonNode error) {
        Report report = Report.of(error);
        return of(report.status(), report, "error in the stream" + said(report), Optional.empty());
    }

    private String said(Report report) {
        return report.message().isEmpty() ? "" : ": " + faults.quoted(report.message());
    }

    private ModelException of(
            int status, Report report, String said, Optional<Duration> retryAfter) {
        if (NO_QUOTA.contains(report.code()) || status == 402) {
            return faults.fault(
                    Kind.REFUSED,
                    "the account has no quota left (%s) (expected: an account that is paid for)"
                            .formatted(said));
        }
        return switch (status) {
            case 401, 403 ->
                    faults.fault(
                            Kind.UNAUTHORIZED,
                            "the key was not accepted (%s) (expected: a valid key in %s)"
                                    .formatted(said, faults.key("apiKey")));
            case 404, 405 -> faults.fault(Kind.REFUSED, notFound(report, said));
            case 429 ->
                    faults.fault(
                            Kind.RATE_LIMITED,
                            "too many requests (%s)".formatted(said),
                            retryAfter);
            case 408, 409 ->
                    faults.fault(
                            Kind.OVERLOADED,
                            "it could not answer in time (%s)".formatted(said),
                            retryAfter);
            default -> other(status, said, retryAfter);
        };
    }

    private ModelException other(int status, String said, Optional<Duration> retryAfter) {
        if (status >= 500) {
            return faults.fault(
                    Kind.OVERLOADED, "it is broken or overloaded (%s)".formatted(said), retryAfter);
        }
        if (status >= 400) {
            return faults.fault(
                    Kind.REFUSED, "it refused the request for \"%s\" (%s)".formatted(model, said));
        }
        if (status >= 300) {
            return faults.fault(
                    Kind.REFUSED,
                    "it is somewhere else (%s) (expected: its final address in %s)"
                            .formatted(said, faults.key("baseUrl")));
        }
        return faults.fault(Kind.BROKEN, "it failed (%s)".formatted(said));
    }

    private String notFound(Report report, String said) {
        String text = (report.code() + " " + report.message()).toLowerCase(Locale.ROOT);
        return text.contains("model")
                ? "there is no model \"%s\" (%s) (expected: a model that it lists)"
                        .formatted(model, said)
                : "there is no /chat/completions (%s) %s".formatted(said, expectedAddress(faults));
    }

    /** For messages about an address that leads elsewhere. */
    static String expectedAddress(ProviderFaults faults) {
        return ("(expected: the address of an OpenAI-compatible API in %s;"
                        + " it often ends with /v1)")
                .formatted(faults.key("baseUrl"));
    }

    /** {@code retry-after-ms}, or {@code Retry-After} as seconds or as a date. */
    private static Optional<Duration> retryAfter(HttpHeaders headers) {
        try {
            Optional<String> millis = headers.firstValue("retry-after-ms");
            if (millis.isPresent()) {
                return atLeastZero(
                        Duration.ofMillis((long) Double.parseDouble(millis.get().strip())));
            }
            Optional<String> value = headers.firstValue("retry-after").map(String::strip);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            if (value.get().matches("[0-9.]+")) {
                return atLeastZero(
                        Duration.ofMillis((long) (Double.parseDouble(value.get()) * 1000)));
            }
            // Against the provider's own clock, which the answer carries: ours may be off.
            Optional<ZonedDateTime> now = headers.firstValue("date").map(Refusal::date);
            return now.flatMap(from -> atLeastZero(Duration.between(from, date(value.get()))));
        } catch (NumberFormatException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static ZonedDateTime date(String text) {
        return ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
    }

    private static Optional<Duration> atLeastZero(Duration duration) {
        return Optional.of(duration.isNegative() ? Duration.ZERO : duration);
    }

    /**
     * What the provider says about it.
     *
     * @param code its {@code code}, or else its {@code type}
     */
    private record Report(String code, String message) {
        static Report parse(String body) {
            try {
                JsonNode root = JSON.readTree(body);
                return root.isObject()
                        ? of(root.path("error").isMissingNode() ? root : root.path("error"))
                        : new Report("", "");
            } catch (JacksonException e) {
                // Often a page of HTML from something in between: it would say nothing to a person.
                return new Report("", body.stripLeading().startsWith("<") ? "" : body);
            }
        }

        static Report of(JsonNode error) {
            if (error.isString()) {
                return new Report("", error.asString());
            }
            JsonNode message = error.path("message");
            if (message.isMissingNode()) {
                message = error.path("detail");
            }
            String code = text(error.path("code"));
            return new Report(
                    code.isEmpty() ? text(error.path("type")) : code,
                    message.isString() ? message.asString() : text(message));
        }

        private static String text(JsonNode value) {
            return value.isValueNode() && !value.isNull() ? value.asString("") : "";
        }

        /** The status that fits an error in a stream: some carry one, others a word. */
        int status() {
            if (code.matches("[1-5][0-9][0-9]")) {
                return Integer.parseInt(code);
            }
            return switch (code) {
                case "rate_limit_exceeded", "rate_limit_error", "tokens" -> 429;
                case "overloaded_error", "server_error", "api_error", "internal_error" -> 500;
                case "invalid_api_key", "authentication_error" -> 401;
                case "model_not_found" -> 404;
                case "invalid_request_error", "context_length_exceeded", "BadRequestError" -> 400;
                default -> 0;
            };
        }
    }
}
