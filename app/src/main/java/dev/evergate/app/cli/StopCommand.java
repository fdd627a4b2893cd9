package dev.evergate.app.cli;

import dev.evergate.app.cli.service.Installed;
import dev.evergate.app.cli.service.ServiceDesk;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.Owner;
import dev.evergate.keeper.link.Wish;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * {@code evergate gateway stop}: afterwards nothing runs, whoever started it. A service is stopped
 * through its manager, which would start it again otherwise.
 */
@Command(
        name = "stop",
        description = "Stop the gateway, as a service or not, and wait until it is gone.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate gateway stop", "  evergate gateway stop --timeout 2m"})
final class StopCommand implements Callable<Integer> {
    private static final long LOOK_EVERY_MS = 50;
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final Surroundings surroundings;

    @Mixin private ServiceOptions options = new ServiceOptions();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = ConnectOptions.Seconds.class,
            description = "How long to wait for a gateway without a service (default: 60s).")
    private Duration timeout = Duration.ofSeconds(60);

    StopCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        var desk = new ServiceDesk(surroundings.services());
        var target = options.target(surroundings, desk);
        String by = "";
        if (target.installed().isPresent()) {
            Installed installed = target.installed().get();
            if (installed.manager().holdsPort() || desk.state(installed.manager()).isStarted()) {
                desk.run(installed.manager().stop(), installed.manager());
                by = installed.manager().kind();
            }
        }
        Optional<Owner> owner = surroundings.keepers().who(target.state());
        if (owner.isPresent()) {
            stop(target.state(), owner.get());
            by = by.isEmpty() ? "keeper" : by;
        }
        surroundings.tell(
                options.isJson(),
                Json.object().put("stopped", !by.isEmpty()).put("by", by),
                by.isEmpty() ? "Nothing runs on " + target.state() + "." : "Stopped.");
        return ExitCode.OK.code();
    }

    private void stop(Path state, Owner owner) {
        var time = surroundings.world().time();
        var deadline = time.deadlineIn(timeout.toMillis());
        String id = surroundings.world().ids().next();
        try {
            surroundings
                    .keepers()
                    .want(state, new Wish(Wish.Kind.STOP, "evergate gateway stop", id, ""), ANSWER);
        } catch (IOException unsaid) {
            // It may have ended over it; whether it has is seen below.
        }
        while (isThere(state, owner)) {
            if (deadline.remainingMillis(time) <= 0) {
                throw new CommandFailure(
                        ExitCode.UNEXPECTED,
                        "STILL_STOPPING",
                        "Keeper pid "
                                + owner.pid()
                                + " has not ended within "
                                + timeout.toSeconds()
                                + " s.",
                        "A second SIGTERM stops it at once: kill " + owner.pid());
            }
            surroundings.pause(LOOK_EVERY_MS);
        }
    }

    private boolean isThere(Path state, Owner owner) {
        return surroundings
                .keepers()
                .who(state)
                .filter(now -> now.instance().equals(owner.instance()))
                .isPresent();
    }
}
