package dev.evergate.core.config.schema;

import static dev.evergate.core.config.plan.Effect.AT_ONCE;
import static dev.evergate.core.config.plan.Effect.LOGGING;
import static dev.evergate.core.config.plan.Effect.RESTART;
import static dev.evergate.core.config.plan.Effect.TELEMETRY;
import static dev.evergate.core.config.schema.Types.choice;
import static dev.evergate.core.config.schema.Types.decimal;
import static dev.evergate.core.config.schema.Types.flag;
import static dev.evergate.core.config.schema.Types.httpUrl;
import static dev.evergate.core.config.schema.Types.list;
import static dev.evergate.core.config.schema.Types.path;
import static dev.evergate.core.config.schema.Types.secret;
import static dev.evergate.core.config.schema.Types.text;
import static dev.evergate.core.config.schema.Types.texts;
import static dev.evergate.core.config.schema.Types.whole;

import java.util.List;

/** How the process itself runs, and what it tells. */
final class OperationKeys {
    private OperationKeys() {}

    static List<Keys> declared() {
        return List.of(logging(), diagnostics(), otel(), lifecycle(), jvm(), secretProviders());
    }

    private static Keys logging() {
        return Keys.in("logging")
                .takes(LOGGING)
                .key(
                        "level",
                        choice("silent", "fatal", "error", "warn", "info", "debug", "trace"),
                        "info",
                        "What is logged, with everything above it")
                .key("file", path(), "The log's file; missing for the one in the state directory")
                .notUsedYet()
                .key(
                        "redact",
                        flag(),
                        true,
                        "Whether what looks like a secret is hidden in the log");
    }

    private static Keys diagnostics() {
        return Keys.in("diagnostics")
                .takes(TELEMETRY)
                .key("enabled", flag(), false, "Whether telemetry leaves this computer");
    }

    private static Keys otel() {
        return Keys.inWhole("diagnostics.otel")
                .takes(TELEMETRY)
                .key(
                        "endpoint",
                        httpUrl(),
                        "Base address of a collector that speaks OTLP over HTTP")
                .key("headers.*", secret(), "A header that everything sent carries")
                .key("traces", flag(), true, "Whether traces are sent")
                .key("metrics", flag(), true, "Whether metrics are sent")
                .key("logs", flag(), true, "Whether logs are sent")
                .key("sampleRate", decimal(0, 1), 1, "The share of answers that are traced");
    }

    private static Keys lifecycle() {
        return Keys.in("lifecycle")
                .takes(AT_ONCE)
                .key(
                        "drainMs",
                        whole(0, 3_600_000),
                        300_000,
                        "Longest time that answers have to finish when a stop begins, in milliseconds")
                .key(
                        "stopGraceMs",
                        whole(0, 60_000),
                        500,
                        "Longest time that connections have to end by themselves, in milliseconds")
                .key(
                        "handoff",
                        flag(),
                        true,
                        "Whether a successor takes over while this process still answers")
                .key(
                        "probationMs",
                        whole(0, 3_600_000),
                        30_000,
                        "Time in which a new configuration is taken back if readiness is lost, in milliseconds");
    }

    private static Keys jvm() {
        return Keys.in("jvm")
                .takes(RESTART)
                .key(
                        "maxHeapMb",
                        whole(32, 1_048_576),
                        "Most memory for objects, in MiB; missing to leave it to the program")
                .key(
                        "options",
                        list(text("-.+", "an option such as -Xss512k", "-Xss512k")),
                        List.of(),
                        "Options that the Java machine is started with besides the program's own");
    }

    private static Keys secretProviders() {
        return Keys.inWhole("secrets.providers.*")
                .takes(AT_ONCE)
                .required("source", choice("env", "file", "exec"), "Where secrets come from")
                .key("allowlist", texts(), "The variables that may be read, with source \"env\"")
                .key("path", path(), "The file to read, with source \"file\"")
                .key(
                        "mode",
                        choice("json", "singleValue"),
                        "json",
                        "Whether the file holds one object with many secrets, or one secret")
                .key(
                        "command",
                        path(),
                        "The program to run, with source \"exec\"; an absolute path")
                .key("args", texts(), List.of(), "What it is started with")
                .key("env.*", text(), "A variable it is started with")
                .key("passEnv", texts(), List.of(), "Variables of this process that it may see")
                .key("timeoutMs", whole(1, 600_000), "Longest time for an answer, in milliseconds");
    }
}
