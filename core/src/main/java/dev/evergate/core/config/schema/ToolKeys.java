package dev.evergate.core.config.schema;

import static dev.evergate.core.config.plan.Effect.AT_ONCE;
import static dev.evergate.core.config.plan.Effect.NEXT_CALL;
import static dev.evergate.core.config.plan.Effect.SCHEDULER;
import static dev.evergate.core.config.schema.Types.anyOf;
import static dev.evergate.core.config.schema.Types.anything;
import static dev.evergate.core.config.schema.Types.atLeast;
import static dev.evergate.core.config.schema.Types.choice;
import static dev.evergate.core.config.schema.Types.decimal;
import static dev.evergate.core.config.schema.Types.flag;
import static dev.evergate.core.config.schema.Types.httpUrl;
import static dev.evergate.core.config.schema.Types.list;
import static dev.evergate.core.config.schema.Types.path;
import static dev.evergate.core.config.schema.Types.secret;
import static dev.evergate.core.config.schema.Types.text;
import static dev.evergate.core.config.schema.Types.texts;
import static dev.evergate.core.config.schema.Types.timespan;
import static dev.evergate.core.config.schema.Types.whole;

import java.util.List;

/**
 * {@code tools}, {@code skills}, {@code mcp}, {@code cron} and {@code budgets}: what agents can do.
 */
final class ToolKeys {
    private ToolKeys() {}

    static List<Keys> declared() {
        return List.of(tools(), web(), skills(), servers(), cron(), budgets());
    }

    private static Keys tools() {
        return Keys.inWhole("tools")
                .takes(NEXT_CALL)
                .notUsedYet()
                .key(
                        "profile",
                        choice("minimal", "coding", "messaging", "full"),
                        "coding",
                        "Tools that agents begin with")
                .key("allow", texts(), "Tools that they may use; missing for all of the profile")
                .key("deny", texts(), List.of(), "Tools that they may never use")
                .key(
                        "exec.security",
                        choice("deny", "allowlist", "full"),
                        "allowlist",
                        "Which commands agents may run")
                .key(
                        "exec.ask",
                        choice("off", "on-miss", "always"),
                        "on-miss",
                        "When somebody is asked first")
                .key(
                        "exec.timeoutSeconds",
                        whole(1, 86_400),
                        1_800,
                        "Longest time for one command, in seconds");
    }

    private static Keys web() {
        return Keys.inWhole("tools.web.{search,fetch}")
                .takes(NEXT_CALL)
                .notUsedYet()
                .key("enabled", flag(), "Whether agents may do it")
                .key("provider", text(), "Who does it")
                .key("apiKey", secret(), "What that provider asks for")
                .key("maxResults", whole(1, 100), "Most results of a search")
                .key("maxChars", atLeast(1), "Longest page, in characters")
                .key("timeoutSeconds", whole(1, 600), "Longest time, in seconds")
                .key("cacheTtlMinutes", atLeast(0), "How long a result is used again, in minutes");
    }

    private static Keys skills() {
        return Keys.in("skills")
                .takes(NEXT_CALL)
                .notUsedYet()
                .key("load.extraDirs", list(path()), List.of(), "More folders with skills")
                .key(
                        "allowBundled",
                        texts(),
                        "Skills of the program that are used; missing for all")
                .key("entries.*.enabled", flag(), true, "Whether the skill is used")
                .key("entries.*.apiKey", secret(), "What the skill needs")
                .key("entries.*.env.*", secret(), "A variable that the skill sees")
                .key("entries.*.config", anything(), "What the skill itself reads");
    }

    private static Keys servers() {
        return Keys.inWhole("mcp.servers.*")
                .takes(NEXT_CALL)
                .notUsedYet()
                .key("enabled", flag(), true, "Whether the server is used")
                .key("command", path(), "The program to start")
                .key("args", texts(), List.of(), "What it is started with")
                .key("env.*", secret(), "A variable that it sees")
                .key("cwd", path(), "The folder it is started in")
                .key("url", httpUrl(), "Where the server is, instead of a program")
                .key(
                        "transport",
                        choice("stdio", "streamable-http", "sse"),
                        "How the server is spoken to")
                .key("headers.*", secret(), "A header that every request carries")
                .key(
                        "toolFilter.{include,exclude}",
                        texts(),
                        "Tools of the server that are used, or are not; * for any letters")
                .key(
                        "connectionTimeoutMs",
                        whole(1, 600_000),
                        5_000,
                        "Longest time to connect, in milliseconds")
                .key(
                        "requestTimeoutMs",
                        whole(1, 3_600_000),
                        20_000,
                        "Longest time for an answer, in milliseconds");
    }

    private static Keys cron() {
        return Keys.in("cron")
                .takes(SCHEDULER)
                .notUsedYet()
                .key("enabled", flag(), true, "Whether jobs run")
                .key(
                        "sessionRetention",
                        anyOf(timespan(), choice("0h"), flag()),
                        "24h",
                        "How long a job's conversation is kept; false for ever")
                .takes(AT_ONCE)
                .key("webhookToken", secret(), "What jobs prove themselves with to other servers");
    }

    private static Keys budgets() {
        return Keys.in("budgets")
                .takes(NEXT_CALL)
                .notUsedYet()
                .key(
                        "{daily,monthly}",
                        decimal(0, 1e9),
                        "US dollars that models may cost in all; missing for no limit")
                .key("perAgent.*.{daily,monthly}", decimal(0, 1e9), "The same, for one agent")
                .key(
                        "onLimit",
                        choice("ask-owner", "stop", "warn"),
                        "ask-owner",
                        "What happens when it is reached");
    }
}
