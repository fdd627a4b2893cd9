package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Ages;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Table;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code evergate sessions list}. */
@Command(
        name = "list",
        description = "Conversations, the newest first.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate sessions list", "  evergate sessions list --limit 5 --json"})
final class SessionsCommand implements Callable<Integer> {
    private static final int TITLE_CHARS_MAX = 40;

    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Option(names = "--limit", paramLabel = "N", description = "At most so many (default: 20).")
    private int limit = 20;

    @Option(names = "--agent", paramLabel = "ID", description = "Only those of this agent.")
    private String agent = "";

    @Option(names = "--search", paramLabel = "TEXT", description = "Only those that match.")
    private String search = "";

    SessionsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ObjectNode params = Json.object().put("limit", Math.max(1, limit));
        if (!agent.isEmpty()) {
            params.put("agentId", agent);
        }
        if (!search.isEmpty()) {
            params.put("search", search);
        }
        JsonNode listing =
                new GatewayClient(surroundings, options)
                        .ask("sessions.list", params, Duration.ofSeconds(10));
        Output output = surroundings.output();
        if (options.isJson()) {
            output.line(Json.pretty(listing));
            return ExitCode.OK.code();
        }
        if (listing.path("sessions").isEmpty()) {
            output.line("No sessions yet. Start one with: evergate agent --message \"Hello\"");
            return ExitCode.OK.code();
        }
        long nowMs = surroundings.world().time().wallMillis();
        table(listing, output, nowMs).lines().forEach(output::line);
        long more = listing.path("totalCount").asLong(0) - listing.path("sessions").size();
        if (more > 0) {
            output.note(more + " more: evergate sessions list --limit " + (limit + more));
        }
        return ExitCode.OK.code();
    }

    /** The rows of a listing as a table. */
    static Table table(JsonNode listing, Output output, long nowMs) {
        var table = new Table();
        table.row(
                output.toned(Output.Tone.STRONG, "Session"),
                output.toned(Output.Tone.STRONG, "Updated"),
                output.toned(Output.Tone.STRONG, "Tokens"),
                output.toned(Output.Tone.STRONG, "About"));
        for (JsonNode row : listing.path("sessions")) {
            boolean isRunning =
                    row.path("hasActiveRun").asBoolean(false)
                            || row.path("status").asString("").equals("running");
            long tokens = row.path("totalTokens").asLong(0);
            table.row(
                    Output.harmless(row.path("key").asString("?")),
                    isRunning
                            ? output.toned(Output.Tone.GOOD, "answering now")
                            : Ages.ago(row.path("updatedAt").asLong(0), nowMs),
                    tokens == 0 ? "-" : count(tokens),
                    Output.harmless(title(row)));
        }
        return table;
    }

    private static String title(JsonNode row) {
        for (String name : new String[] {"label", "derivedTitle", "lastMessagePreview"}) {
            String text = row.path(name).asString("").lines().findFirst().orElse("");
            if (!text.isBlank()) {
                return text.length() <= TITLE_CHARS_MAX
                        ? text
                        : text.substring(0, TITLE_CHARS_MAX - 1) + "…";
            }
        }
        return "";
    }

    private static String count(long tokens) {
        return tokens < 1_000
                ? Long.toString(tokens)
                : String.format(Locale.ROOT, "%.1fk", tokens / 1_000.0);
    }
}
