package dev.evergate.app.cli;

import dev.evergate.app.cli.service.InstallPlan;
import dev.evergate.app.cli.service.Installed;
import dev.evergate.app.cli.service.ServiceDesk;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code evergate gateway uninstall}: no service any more; what the gateway knows stays. */
@Command(
        name = "uninstall",
        description = "Stop the service and remove it; the state directory stays.",
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate gateway uninstall",
            "  sudo evergate gateway uninstall --system --dry-run"
        })
final class UninstallCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ServiceOptions options = new ServiceOptions();

    @Option(
            names = "--force",
            description = "Remove a file that was changed by hand, too; a copy is kept.")
    private boolean force;

    @Option(names = "--dry-run", description = "Show files and commands, and do nothing.")
    private boolean dryRun;

    UninstallCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        var desk = new ServiceDesk(surroundings.services());
        var target = options.target(surroundings, desk);
        if (target.installed().isEmpty()) {
            nothing(target.state());
            return ExitCode.OK.code();
        }
        Installed installed = target.installed().get();
        var manager = installed.manager();
        var plan = InstallPlan.uninstall(manager, ServiceDesk::text, force || dryRun);
        if (dryRun) {
            ServiceReport.dryRun(plan, manager, options.isJson(), surroundings.output());
            return ExitCode.OK.code();
        }
        Installed.requireReachable(surroundings.services().platform(), manager, "uninstall");
        desk.carryOut(plan, manager);
        List<String> notes = new ArrayList<>();
        notes.add("The state directory stays: " + target.state());
        Path dropIns = installed.file().resolveSibling(installed.file().getFileName() + ".d");
        if (Files.isDirectory(dropIns)) {
            notes.add("Your own changes stay: " + dropIns);
        }
        ServiceReport.uninstalled(plan, manager, notes, options.isJson(), surroundings.output());
        return ExitCode.OK.code();
    }

    private void nothing(Path state) {
        surroundings.tell(
                options.isJson(),
                Json.object().put("installed", false),
                "No service is installed for " + state + ".");
    }
}
