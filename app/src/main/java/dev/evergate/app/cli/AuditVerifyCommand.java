package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Output;
import dev.evergate.core.journal.AuditCheck;
import dev.evergate.core.journal.AuditTrail.Mark;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code evergate audit verify}: whether anybody has changed the log; needs no gateway. */
@Command(
        name = "verify",
        description = "Whether the audit log is as it was written. Ends with 1 if it is not.",
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate audit verify",
            "  evergate audit verify --holds 4711:9f86d081884c7d65..."
        })
final class AuditVerifyCommand implements Callable<Integer> {
    private static final Pattern MARK = Pattern.compile("(\\d{1,18}):([0-9a-f]{64})");

    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Option(
            names = "--holds",
            paramLabel = "ENTRY:HASH",
            description =
                    "An entry that was noted elsewhere and must still be there, such as the end that"
                            + " an earlier run has shown.")
    private List<String> known = List.of();

    AuditVerifyCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        List<Mark> marks = known.stream().map(AuditVerifyCommand::mark).toList();
        AuditCheck check;
        try (var log = AuditCommands.open(surroundings, options)) {
            check = AuditCheck.of(log, marks);
        }
        Output output = surroundings.output();
        if (options.isJson()) {
            output.line(Json.pretty(json(check)));
        } else {
            check.findings()
                    .forEach(it -> output.line("entry %d: %s".formatted(it.seq(), it.what())));
            output.line(
                    "%d entries, %s. The end: %d:%s"
                            .formatted(
                                    check.entries(),
                                    check.isWhole()
                                            ? "all as they were written"
                                            : "not all as they were written",
                                    check.end().seq(),
                                    check.end().hash()));
        }
        return check.isWhole() ? ExitCode.OK.code() : ExitCode.UNEXPECTED.code();
    }

    private static ObjectNode json(AuditCheck check) {
        ObjectNode answer =
                Json.object().put("ok", check.isWhole()).put("entries", check.entries());
        answer.putObject("end").put("seq", check.end().seq()).put("hash", check.end().hash());
        ArrayNode findings = answer.putArray("findings");
        check.findings()
                .forEach(it -> findings.addObject().put("seq", it.seq()).put("what", it.what()));
        return answer;
    }

    private static Mark mark(String text) {
        Matcher parts = MARK.matcher(text);
        if (!parts.matches()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "BAD_ENTRY",
                    "--holds is \"%s\" (expected: a number, a colon and 64 hexadecimal digits)."
                            .formatted(text),
                    "");
        }
        return new Mark(Long.parseLong(parts.group(1)), parts.group(2));
    }
}
