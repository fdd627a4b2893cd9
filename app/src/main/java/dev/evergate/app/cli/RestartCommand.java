package dev.evergate.app.cli;

import dev.evergate.api.Secret;
import dev.evergate.app.cli.service.Installed;
import dev.evergate.app.cli.service.ServiceDesk;
import dev.evergate.app.observe.RestartReports;
import dev.evergate.core.time.Time;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.link.Wish;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * {@code evergate gateway restart}: the next generation, while the keeper, and so the process that
 * a service manager watches, stays. When no keeper answers the manager restarts it all, or the
 * gateway itself does if it has neither.
 */
@Command(
        name = "restart",
        description = {
            "Let the next generation take over from the one that serves: the port stays open,",
            "connections stay connected, answers go on. Comes back when it is asked for; with",
            "--wait shows each step, and at the end what moved, or why nothing was replaced."
        },
        footerHeading = "%nExamples%n",
        footer = {"  evergate gateway restart", "  evergate gateway restart --wait"})
final class RestartCommand implements Callable<Integer> {
    private static final Duration PATIENT = Duration.ofMinutes(10);
    private static final Duration ACCEPTANCE = Duration.ofSeconds(5);

    private final Surroundings surroundings;

    @Mixin private ServiceOptions options = new ServiceOptions();

    @Option(names = "--wait", description = "Wait until it is over, and show each step.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = ConnectOptions.Seconds.class,
            description = "How long to wait (default: 10m with --wait, else 5s).")
    private Optional<Duration> timeout = Optional.empty();

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
        if (target.installed().isEmpty()) {
            askGateway(target.state());
            return ExitCode.OK.code();
        }
        Installed installed = target.installed().get();
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
        Duration limit = timeout.orElse(wait ? PATIENT : ACCEPTANCE);
        String id = surroundings.world().ids().next();
        var wish = new Wish(Wish.Kind.RESTART, "evergate gateway restart", id, "");
        try (Keepers.Talk talk = surroundings.keepers().follow(state, wish)) {
            var progress =
                    new RestartProgress(talk, time, this::show)
                            .until(time.deadlineIn(limit.toMillis()), !wait);
            Optional<Outcome> outcome = progress.outcome();
            if (outcome.isPresent() && outcome.get().isGranted()) {
                done(progress, outcome.get(), before);
            } else if (outcome.isPresent()) {
                throw refused(progress, outcome.get());
            } else {
                accepted(progress.now().orElseThrow(RestartCommand::silent), before);
            }
        } catch (IOException e) {
            throw unknown(String.valueOf(e.getMessage()));
        }
    }

    /** A gateway without a keeper is asked itself; nobody can be watched while it restarts. */
    private void askGateway(Path state) {
        var given = new Discovery.Given("", Secret.none(), Secret.none(), "", state.toString());
        JsonNode answer =
                new GatewayClient(surroundings, given)
                        .ask(
                                "gateway.restart.request",
                                Json.object().put("reason", "evergate gateway restart"),
                                timeout.orElse(ACCEPTANCE));
        surroundings.tell(
                options.isJson(),
                Json.object()
                        .put("by", "gateway")
                        .put("accepted", true)
                        .put("pid", answer.at("/restart/pid").asLong(0)),
                "Asked for; this gateway runs without a keeper and restarts by itself. How it went:"
                        + " evergate restarts");
    }

    private void show(long sinceMs, String step) {
        if (wait) {
            surroundings.output().note("%+7d ms  %s".formatted(sinceMs, step));
        }
    }

    /** Without waiting: the keeper has heard it, and does it or has put it with another. */
    private void accepted(Owner now, Owner before) {
        if (wait) {
            throw unknown("it is not over in time; it goes on (" + now.phase() + ")");
        }
        surroundings.tell(
                options.isJson(),
                Json.object()
                        .put("by", "keeper")
                        .put("accepted", true)
                        .put("phase", now.phase())
                        .put("generation", now.generation())
                        .put("keeperPid", before.pid()),
                "Asked for; generation "
                        + now.generation()
                        + " serves until another one has proven itself. How it went:"
                        + " evergate restarts");
    }

    private void done(RestartProgress progress, Outcome outcome, Owner before) {
        ObjectNode fields =
                Json.object()
                        .put("by", "keeper")
                        .put("accepted", true)
                        .put("generation", outcome.generation())
                        .put("previousGeneration", before.generation())
                        .put("keeperPid", before.pid())
                        .put("tookMs", progress.settledAfterMs());
        progress.report().ifPresent(report -> fields.set("report", RestartReports.json(report)));
        surroundings.tell(
                options.isJson(),
                fields,
                "Generation "
                        + outcome.generation()
                        + " serves (before: "
                        + before.generation()
                        + "), after "
                        + progress.settledAfterMs()
                        + " ms"
                        + progress.report().map(RestartView::counts).orElse("")
                        + ". Keeper pid "
                        + before.pid()
                        + " stayed.");
    }

    private static CommandFailure refused(RestartProgress progress, Outcome outcome) {
        String why = outcome.message().isEmpty() ? "no reason given" : outcome.message();
        return new CommandFailure(
                ExitCode.UNEXPECTED,
                "RESTART_REFUSED",
                "Nothing was replaced: " + why + ".",
                progress.report()
                        .map(
                                report ->
                                        "All about it: evergate restarts show "
                                                + report.generation())
                        .orElse("See how it is: evergate gateway status"));
    }

    private static CommandFailure silent() {
        return unknown("the keeper does not answer");
    }

    private static CommandFailure unknown(String reason) {
        return new CommandFailure(
                ExitCode.UNEXPECTED,
                "RESTART_UNKNOWN",
                "How the restart ended is not known: " + reason + ".",
                "See how it is: evergate gateway status, evergate restarts");
    }
}
