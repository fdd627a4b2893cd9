package dev.evergate.app.cli;

import dev.evergate.app.cli.service.Installed;
import dev.evergate.app.cli.service.ServiceDesk;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Time;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.link.Wish;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * {@code evergate gateway restart}: the next generation, while the keeper, and so the process that
 * a service manager watches, stays. Only when no keeper answers does the manager restart it all.
 */
@Command(
        name = "restart",
        description = {
            "Replace the serving generation by the next one; the port stays open meanwhile.",
            "Says which generation serves afterwards, or why nothing was replaced."
        },
        footerHeading = "%nExamples%n",
        footer = {"  evergate gateway restart", "  evergate gateway restart --wait"})
final class RestartCommand implements Callable<Integer> {
    private static final long LOOK_EVERY_MS = 100;
    private static final Duration PATIENT = Duration.ofMinutes(10);

    private final Surroundings surroundings;

    @Mixin private ServiceOptions options = new ServiceOptions();

    @Option(
            names = "--wait",
            description = "Show each step, and wait for ten minutes unless --timeout says other.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = ConnectOptions.Seconds.class,
            description = "How long to wait for the next generation (default: 60s).")
    private Optional<Duration> timeout = Optional.empty();

    private sealed interface Answer {
        record Said(Outcome outcome) implements Answer {}

        record Silent(IOException reason) implements Answer {}
    }

    RestartCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        var desk = new ServiceDesk(surroundings.services());
        var target = options.target(surroundings, desk);
        Optional<Owner> owner = surroundings.keepers().who(target.state());
        if (owner.isPresent()) {
            replaceGeneration(target.state(), owner.get());
            return ExitCode.OK.code();
        }
        Installed installed =
                target.installed()
                        .orElseThrow(() -> Failures.notRunning(List.of(target.state().toString())));
        desk.run(installed.manager().restart(), installed.manager());
        surroundings.tell(
                options.isJson(),
                Json.object().put("by", installed.manager().kind()),
                "No keeper answered, so "
                        + installed.manager().kind()
                        + " started "
                        + installed.manager().service()
                        + " anew. Look at it with: evergate gateway status");
        return ExitCode.OK.code();
    }

    private void replaceGeneration(Path state, Owner before) {
        Time time = surroundings.world().time();
        long startedNanos = time.nanos();
        Duration limit = timeout.orElse(wait ? PATIENT : Duration.ofSeconds(60));
        Outcome outcome =
                switch (await(ask(state, limit), state, time.deadlineIn(limit.toMillis()))) {
                    case Answer.Said(var said) -> said;
                    case Answer.Silent(var reason) -> throw unknown(reason);
                };
        if (!outcome.isGranted()) {
            throw new CommandFailure(
                    ExitCode.UNEXPECTED,
                    "RESTART_REFUSED",
                    "Nothing was replaced: "
                            + (outcome.message().isEmpty() ? "no reason given" : outcome.message())
                            + ".",
                    "See how it is: evergate gateway status");
        }
        long tookMs = Duration.ofNanos(time.nanos() - startedNanos).toMillis();
        surroundings.tell(
                options.isJson(),
                Json.object()
                        .put("by", "keeper")
                        .put("generation", outcome.generation())
                        .put("previousGeneration", before.generation())
                        .put("keeperPid", before.pid())
                        .put("tookMs", tookMs),
                "Generation "
                        + outcome.generation()
                        + " serves (before: "
                        + before.generation()
                        + "), after "
                        + tookMs
                        + " ms. Keeper pid "
                        + before.pid()
                        + " stayed.");
    }

    private BlockingQueue<Answer> ask(Path state, Duration limit) {
        BlockingQueue<Answer> answers = new ArrayBlockingQueue<>(1);
        String id = surroundings.world().ids().next();
        var wish = new Wish(Wish.Kind.RESTART, "evergate gateway restart", id, "");
        surroundings
                .world()
                .tasks()
                .start(
                        "restart",
                        () -> {
                            try {
                                Outcome outcome = surroundings.keepers().want(state, wish, limit);
                                answers.add(new Answer.Said(outcome));
                            } catch (IOException e) {
                                answers.add(new Answer.Silent(e));
                            }
                        });
        return answers;
    }

    /** Waits for the answer, and tells on the way what the keeper is doing. */
    private Answer await(BlockingQueue<Answer> answers, Path state, Deadline deadline) {
        String shown = "";
        try {
            while (deadline.remainingMillis(surroundings.world().time()) > 0) {
                Answer answer = answers.poll(LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
                if (answer != null) {
                    return answer;
                }
                if (wait) {
                    String now =
                            surroundings.keepers().who(state).map(RestartCommand::step).orElse("");
                    if (!now.isEmpty() && !now.equals(shown)) {
                        surroundings.output().note(now);
                        shown = now;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Answer.Silent(new IOException("it has not said so in time"));
    }

    private static String step(Owner owner) {
        return owner.phase() + " (generation " + owner.generation() + ")";
    }

    private static CommandFailure unknown(IOException reason) {
        return new CommandFailure(
                ExitCode.UNEXPECTED,
                "RESTART_UNKNOWN",
                "How the restart ended is not known: " + reason.getMessage() + ".",
                "See how it is: evergate gateway status");
    }
}
