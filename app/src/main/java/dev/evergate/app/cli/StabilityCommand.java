package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Ages;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Output.Tone;
import dev.evergate.app.observe.Stability;
import dev.evergate.app.observe.Stability.Chapter;
import dev.evergate.app.observe.StabilityJson;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.ring.RingReader;
import dev.evergate.keeper.ring.RingRecord;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code evergate gateway stability}: why it restarted; needs no running gateway. */
@Command(
        name = "stability",
        description = "Why the gateway started, restarted and stopped, the newest first.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate gateway stability", "  evergate gateway stability --limit 50 --json"})
final class StabilityCommand implements Callable<Integer> {
    private static final int LIMIT_MAX = 1_000;
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many, 1 to 1000 (default: 10).")
    private int limit = 10;

    StabilityCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Path ring = new GatewayClient(surroundings, options).stateDirectory().ring();
        List<RingRecord> records = RingReader.read(ring);
        List<Chapter> chapters = Stability.chapters(records);
        int wanted = Math.clamp(limit, 1, LIMIT_MAX);
        Output output = surroundings.output();
        if (options.isJson()) {
            var answer = Json.object().put("ok", true).put("ring", ring.toString());
            answer.set("restarts", StabilityJson.chapters(chapters, wanted));
            output.line(Json.pretty(answer));
            return ExitCode.OK.code();
        }
        if (chapters.isEmpty()) {
            output.note("Nothing is recorded in " + ring + ": no gateway has run there yet.");
        }
        chapters.stream().limit(wanted).forEach(this::show);
        if (chapters.size() > wanted) {
            output.note(
                    "%d older ones: evergate gateway stability --limit %d"
                            .formatted(chapters.size() - wanted, chapters.size()));
        }
        return ExitCode.OK.code();
    }

    private void show(Chapter chapter) {
        Output output = surroundings.output();
        long nowMs = surroundings.world().time().wallMillis();
        Tone tone = chapter.isPlanned() ? Tone.GOOD : Tone.WARNING;
        output.line(
                output.toned(tone, headline(chapter))
                        + output.toned(
                                Tone.FAINT,
                                "  "
                                        + clock(chapter.atMs())
                                        + ", "
                                        + Ages.ago(chapter.atMs(), nowMs)));
        detail("because", chapter.cause());
        for (RingRecord entry : chapter.remarkable()) {
            if (!entry.text().startsWith(chapter.cause())) {
                detail("seen", "+%d ms  %s".formatted(entry.atMs() - chapter.atMs(), entry.text()));
            }
        }
        detail("result", chapter.result());
    }

    private static String headline(Chapter chapter) {
        String what =
                switch (chapter.kind()) {
                    case START -> "Start";
                    case RESTART -> chapter.isPlanned() ? "Restart" : "Restart nobody asked for";
                    case STOP -> "Stop";
                };
        return chapter.untilMs() == 0
                ? what
                : what + " in " + Ages.coarse(Math.max(0, chapter.untilMs() - chapter.atMs()));
    }

    private void detail(String name, String text) {
        surroundings.output().line("  %-8s %s".formatted(name, Output.harmless(text)));
    }

    private static String clock(long atMs) {
        return Instant.ofEpochMilli(atMs).atZone(ZoneId.systemDefault()).format(CLOCK);
    }
}
