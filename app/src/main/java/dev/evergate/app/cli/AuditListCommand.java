package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Table;
import dev.evergate.core.journal.AuditCodec;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.core.journal.AuditTrail.Query;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code evergate audit list}: who did what; needs no running gateway. */
@Command(
        name = "list",
        description = "Who did what, the newest first.",
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate audit list",
            "  evergate audit list --since 24h --action config.",
            "  evergate audit list --actor 127.0.0.1 --limit 1000 --json"
        })
final class AuditListCommand implements Callable<Integer> {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "Only since then: 30m, 24h, 7d, or a time such as 2026-07-01T00:00:00Z.")
    private String since = "";

    @Option(
            names = "--actor",
            paramLabel = "WHO",
            description =
                    "Only of a device, user, client, connection or address, or of a way to prove"
                            + " oneself, such as token.")
    private String actor = "";

    @Option(
            names = "--action",
            paramLabel = "WHAT",
            description = "Only what begins like that, such as config. or connect.")
    private String action = "";

    @Option(
            names = "--before",
            paramLabel = "ENTRY",
            description = "Only what is older than the entry of that number.")
    private long before;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many, 1 to 1000 (default: 50).")
    private int limit = 50;

    AuditListCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        int wanted = Math.clamp(limit, 1, Query.LIMIT_MAX);
        Query query = new Query(sinceMs(), before, actor, action, wanted);
        List<AuditEntry> found;
        try (var log = AuditCommands.open(surroundings, options)) {
            found = log.newest(query);
        }
        Output output = surroundings.output();
        if (options.isJson()) {
            ObjectNode answer = Json.object().put("ok", true);
            ArrayNode entries = answer.putArray("entries");
            found.forEach(entry -> entries.add(AuditCodec.tree(entry)));
            output.line(Json.pretty(answer));
            return ExitCode.OK.code();
        }
        if (found.isEmpty()) {
            output.note("Nothing of that is written down.");
        }
        Table table = new Table();
        found.forEach(entry -> row(table, entry));
        table.lines().forEach(output::line);
        if (found.size() == wanted) {
            output.note(
                    "Older ones: evergate audit list --before %d".formatted(found.getLast().seq()));
        }
        return ExitCode.OK.code();
    }

    private static void row(Table table, AuditEntry entry) {
        Note note = entry.note();
        String times = note.times() > 1 ? " (%d times)".formatted(note.times()) : "";
        String answers = note.answers() > 0 ? " (of %d)".formatted(note.answers()) : "";
        String what =
                Stream.of(note.act().target(), note.act().detail())
                        .filter(text -> !text.isEmpty())
                        .collect(Collectors.joining(" "));
        table.row(
                Long.toString(entry.seq()),
                Instant.ofEpochMilli(note.atMs()).atZone(ZoneId.systemDefault()).format(CLOCK),
                Output.harmless(who(note.actor())),
                Output.harmless(note.act().action()),
                Output.harmless(note.result() + times + answers),
                Output.harmless(what));
    }

    private static String who(Actor actor) {
        return Stream.of(
                        actor.method(),
                        actor.user(),
                        actor.client(),
                        actor.device().isEmpty() ? "" : "device " + actor.device(),
                        actor.address())
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private long sinceMs() {
        if (since.isEmpty()) {
            return 0;
        }
        try {
            return Character.isLetter(since.charAt(since.length() - 1)) && !since.endsWith("Z")
                    ? surroundings.world().time().wallMillis() - age(since).toMillis()
                    : Instant.parse(since).toEpochMilli();
        } catch (DateTimeParseException | NumberFormatException | ArithmeticException malformed) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "BAD_TIME",
                    "--since is \"%s\" (expected: such as 30m, 24h, 7d or 2026-07-01T00:00:00Z)."
                            .formatted(since),
                    "");
        }
    }

    private static Duration age(String text) {
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 's' -> Duration.ofSeconds(number);
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            case 'd' -> Duration.ofDays(number);
            default -> throw new NumberFormatException(text);
        };
    }
}
