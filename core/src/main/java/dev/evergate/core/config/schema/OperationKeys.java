package dev.evergate.core.config.schema;

import static dev.evergate.core.config.plan.Effect.AT_ONCE;
import static dev.evergate.core.config.plan.Effect.LOGGING;
import static dev.evergate.core.config.plan.Effect.RESTART;
import static dev.evergate.core.config.plan.Effect.TELEMETRY;
import static dev.evergate.core.config.schema.Types.anything;
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
        return List.of(
                logging(),
                diagnostics(),
                otel(),
                lifecycle(),
                jvm(),
                secrets(),
                secretProviders(),
                elsewhere());
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
                        "Whether what looks like a secret is hidden in the log")
                .key("redactSensitive", choice("off", "tools"), "tools", "The same, as in OpenClaw")
                .key("redactPatterns", texts(), "What else looks like a secret")
                .key(
                        "consoleLevel",
                        choice("silent", "fatal", "error", "warn", "info", "debug", "trace"),
                        "info",
                        "As level, for the console")
                .key(
                        "consoleStyle",
                        choice("pretty", "compact", "json"),
                        "pretty",
                        "How the console looks");
    }

    private static Keys diagnostics() {
        return Keys.in("diagnostics")
                .takes(TELEMETRY)
                .key("enabled", flag(), false, "Whether telemetry leaves this computer");
    }

    private static Keys otel() {
        return Keys.inWhole("diagnostics.otel")
                .takes(TELEMETRY)
                .key("enabled", flag(), true, "Whether anything is sent to the collector")
                .key(
                        "endpoint",
                        httpUrl(),
                        "Base address of a collector that speaks OTLP over HTTP")
                .key("headers.*", secret(), "A header that everything sent carries")
                .key("traces", flag(), true, "Whether traces are sent")
                .key("metrics", flag(), true, "Whether metrics are sent")
                .key("logs", flag(), true, "Whether logs are sent")
                .key("sampleRate", decimal(0, 1), 1, "The share of answers that are traced")
                .notUsedYet()
                .key("protocol", choice("http/protobuf", "http/json"), "What the collector speaks")
                .key("serviceName", text(), "What the gateway calls itself there");
    }

    private static Keys lifecycle() {
        return Keys.in("lifecycle")
                .takes(AT_ONCE)
                .key(
                        "probationMs",
                        whole(0, 3_600_000),
                        30_000,
                        "Time in which a new configuration is taken back if readiness is lost, in milliseconds")
                .notUsedYet()
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
                        "Whether a successor takes over while this process still answers");
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
                        list(jvmOption()),
                        List.of(),
                        "Options that the Java machine is started with besides the program's own");
    }

    /** What tunes a JVM and cannot make it another program; nothing that a shell would heed. */
    private static ValueType jvmOption() {
        String size = "[1-9]\\d{0,11}[kKmMgG]?";
        String word = "[^\\s\"'\\\\#]+";
        List<String> forms =
                List.of(
                        "-X(ms|mn|ss)" + size,
                        "-XX:(MaxDirectMemorySize|MaxMetaspaceSize|ReservedCodeCacheSize"
                                + "|SoftMaxHeapSize|ActiveProcessorCount|ParallelGCThreads"
                                + "|ConcGCThreads|MaxGCPauseMillis|MinHeapFreeRatio"
                                + "|MaxHeapFreeRatio|ZUncommitDelay)="
                                + size,
                        "-XX:\\+Use(G1|Z|Parallel|Shenandoah|Serial)GC",
                        "-XX:[+-](UseStringDeduplication|UseTransparentHugePages|UseNUMA"
                                + "|AlwaysPreTouch|HeapDumpOnOutOfMemoryError)",
                        "-XX:HeapDumpPath=/" + word,
                        "-D(user\\.timezone|java\\.net\\.(preferIPv4Stack|preferIPv6Addresses"
                                + "|useSystemProxies)|https?\\.proxy(Host|Port)"
                                + "|http\\.nonProxyHosts|javax\\.net\\.ssl\\.trustStore(Type)?)="
                                + word);
        return text(
                String.join("|", forms),
                "an option that tunes, such as -Xss512k, -XX:+UseZGC, -XX:MaxDirectMemorySize=256m"
                        + " or -Duser.timezone=UTC",
                "-Xss512k");
    }

    private static Keys secrets() {
        return Keys.in("secrets")
                .takes(AT_ONCE)
                .key(
                        "defaults.{env,file,exec}",
                        text(),
                        "The provider that is meant when a reference names none");
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
                .key("maxBytes", whole(1, 16 << 20), "Largest file, in bytes")
                .key(
                        "command",
                        path(),
                        "The program to run, with source \"exec\"; an absolute path")
                .key("args", texts(), List.of(), "What it is started with")
                .key("env.*", secret(), "A variable that it sees")
                .key("passEnv", texts(), List.of(), "Variables of this process that it may see")
                .key("timeoutMs", whole(1, 600_000), "Longest time for an answer, in milliseconds")
                .key("maxOutputBytes", whole(1, 16 << 20), "Longest answer, in bytes")
                .key("jsonOnly", flag(), true, "Whether the answer has to be JSON")
                .key(
                        "trustedDirs",
                        list(path()),
                        List.of(),
                        "Folders that the program has to be in")
                .key(
                        "{allowInsecurePath,allowSymlinkCommand}",
                        flag(),
                        false,
                        "Whether a file is used that others could change")
                .notUsedYet()
                .key("noOutputTimeoutMs", whole(1, 600_000), "Longest silence, in milliseconds");
    }

    /** What OpenClaw reads and nothing here does: no reason to warn people who come from there. */
    private static Keys elsewhere() {
        return Keys.in("")
                .takes(AT_ONCE)
                .notUsedYet()
                .key("$schema", text(), "Where editors find the schema of this file")
                .key("env.vars.*", secret(), "A variable, as in OpenClaw")
                .key("env.shellEnv", anything(), "Variables of a login shell, as in OpenClaw")
                .key(
                        "{acp,approvals,audio,auth,broadcast,browser,canvas,canvasHost,cli,discovery}",
                        anything(),
                        "A part of OpenClaw")
                .key(
                        "{media,memory,meta,nodeHost,plugins,talk,tts,ui,update,web,wizard}",
                        anything(),
                        "A part of OpenClaw");
    }
}
