package dev.evergate.app.cli;

import dev.evergate.app.cli.service.Installed;
import dev.evergate.app.cli.service.ServiceDesk;
import dev.evergate.app.cli.service.ServiceState;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.Owner;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code evergate gateway start}: starts the service. */
@Command(
        name = "start",
        description = "Start the service that was installed.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate gateway start", "  sudo evergate gateway start --system"})
final class StartCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ServiceOptions options = new ServiceOptions();

    StartCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        var desk = new ServiceDesk(surroundings.services());
        var target = options.target(surroundings, desk);
        Optional<Owner> owner = surroundings.keepers().who(target.state());
        if (owner.isPresent()) {
            surroundings.tell(
                    options.isJson(),
                    Json.object().put("started", false).put("keeperPid", owner.get().pid()),
                    "It runs already: keeper pid "
                            + owner.get().pid()
                            + ", generation "
                            + owner.get().generation()
                            + ".");
            return ExitCode.OK.code();
        }
        Installed installed = target.installed().orElseThrow(() -> noService(target.state()));
        desk.run(installed.manager().start(), installed.manager());
        ServiceState state = desk.state(installed.manager());
        surroundings.tell(
                options.isJson(),
                Json.object()
                        .put("started", true)
                        .put("by", installed.manager().kind())
                        .put("mainPid", state.mainPid()),
                installed.manager().service()
                        + ": "
                        + state.active()
                        + (state.mainPid() == 0 ? "" : ", pid " + state.mainPid())
                        + ". Look at it with: evergate gateway status");
        return ExitCode.OK.code();
    }

    private static CommandFailure noService(Path state) {
        return new CommandFailure(
                ExitCode.UNEXPECTED,
                "NO_SERVICE",
                "No service is installed for " + state + ".",
                "Install one: evergate gateway install   or run it here: evergate gateway run");
    }
}
