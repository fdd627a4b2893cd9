package dev.evergate.app.cli;

import dev.evergate.app.cli.service.InstallPlan;
import dev.evergate.app.cli.service.InstallPlan.Change;
import dev.evergate.app.cli.service.InstallPlan.What;
import dev.evergate.app.cli.service.Installed;
import dev.evergate.app.cli.service.ServiceFile;
import dev.evergate.app.cli.service.ServiceManager;
import dev.evergate.app.cli.service.ServiceState;
import dev.evergate.app.cli.service.Step;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Table;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What commands about a service say, to people and scripts. */
final class ServiceReport {
    private static final String NEXT = "evergate gateway status";

    private ServiceReport() {}

    /** Every file as it would be, and every command, in order. */
    static void dryRun(InstallPlan plan, ServiceManager manager, boolean isJson, Output output) {
        if (isJson) {
            output.line(Json.pretty(json(plan, manager, true)));
            return;
        }
        plan.before().forEach(step -> output.line("# would run: " + step.text()));
        for (Change change : plan.changes()) {
            change.backup()
                    .ifPresent(
                            kept ->
                                    output.line(
                                            "# changed by hand, so only with --force; a copy: "
                                                    + kept));
            output.line("# " + would(change.what()) + ": " + change.path());
            change.file().map(ServiceFile::text).ifPresent(output::piece);
        }
        plan.after().forEach(step -> output.line("# would run: " + step.text()));
    }

    static void installed(
            InstallPlan plan,
            ServiceManager manager,
            ServiceState state,
            List<String> notes,
            boolean isJson,
            Output output) {
        if (isJson) {
            ObjectNode tree = json(plan, manager, false);
            tree.set("service", json(manager, state));
            notes.forEach(tree.putArray("notes")::add);
            output.line(Json.pretty(tree.put("next", NEXT)));
            return;
        }
        changes(plan, output);
        output.line(
                manager.service()
                        + " ("
                        + manager.kind()
                        + ", "
                        + manager.scope().text()
                        + "): "
                        + state.active()
                        + (state.mainPid() == 0 ? "" : ", pid " + state.mainPid()));
        notes.forEach(output::note);
        output.line("Look at it with: " + NEXT);
    }

    static void uninstalled(
            InstallPlan plan,
            ServiceManager manager,
            List<String> notes,
            boolean isJson,
            Output output) {
        if (isJson) {
            ObjectNode tree = json(plan, manager, false);
            notes.forEach(tree.putArray("notes")::add);
            output.line(Json.pretty(tree));
            return;
        }
        changes(plan, output);
        notes.forEach(output::note);
    }

    /** The stable fields of {@code service} in {@code gateway status --json}. */
    static ObjectNode json(Optional<Installed> installed, Optional<ServiceState> state) {
        if (installed.isEmpty() || state.isEmpty()) {
            return Json.object().put("installed", false);
        }
        Installed there = installed.get();
        return json(there.manager(), state.get())
                .put("installed", true)
                .put("file", there.file().toString())
                .put("changedByHand", there.isTouched());
    }

    /** The same as a line. */
    static void row(Table table, Installed installed, ServiceState state) {
        ServiceManager manager = installed.manager();
        table.row(
                "Service",
                manager.service()
                        + " ("
                        + String.join(
                                ", ",
                                Stream.of(
                                                manager.kind(),
                                                manager.scope().text(),
                                                state.enabled(),
                                                installed.isTouched() ? "changed by hand" : "")
                                        .filter(text -> !text.isEmpty())
                                        .toList())
                        + "), "
                        + state.active()
                        + (state.mainPid() == 0 ? "" : ", pid " + state.mainPid())
                        + (state.restarts() == 0 ? "" : ", restarts: " + state.restarts()));
        if (state.isStarted() && !state.text().isEmpty()) {
            table.row("Says", Output.harmless(state.text()));
        }
    }

    private static ObjectNode json(ServiceManager manager, ServiceState state) {
        return Json.object()
                .put("manager", manager.kind())
                .put("scope", manager.scope().text())
                .put("name", manager.service())
                .put("started", state.isStarted())
                .put("active", state.active())
                .put("enabled", state.enabled())
                .put("mainPid", state.mainPid())
                .put("status", state.text())
                .put("restarts", state.restarts());
    }

    private static ObjectNode json(InstallPlan plan, ServiceManager manager, boolean isDry) {
        ObjectNode tree =
                Json.object()
                        .put("ok", true)
                        .put("dryRun", isDry)
                        .put("manager", manager.kind())
                        .put("scope", manager.scope().text())
                        .put("name", manager.service());
        ArrayNode files = tree.putArray("files");
        for (Change change : plan.changes()) {
            ObjectNode file =
                    files.addObject()
                            .put("path", change.path().toString())
                            .put("change", change.what().name().toLowerCase(Locale.ROOT));
            change.file()
                    .filter(_ -> isDry)
                    .ifPresent(written -> file.put("content", written.text()));
            change.backup().ifPresent(kept -> file.put("backup", kept.toString()));
        }
        ArrayNode commands = tree.putArray("commands");
        Stream.concat(plan.before().stream(), plan.after().stream())
                .map(Step::text)
                .forEach(commands::add);
        return tree;
    }

    private static void changes(InstallPlan plan, Output output) {
        var table = new Table();
        for (Change change : plan.changes()) {
            change.backup()
                    .ifPresent(kept -> table.row("Kept", kept + " (as it was changed by hand)"));
            table.row(did(change.what()), change.path().toString());
        }
        Stream.concat(plan.before().stream(), plan.after().stream())
                .forEach(step -> table.row("Ran", step.text()));
        table.lines().forEach(output::line);
    }

    private static String did(What what) {
        return switch (what) {
            case CREATED -> "Wrote";
            case UPDATED -> "Rewrote";
            case UNCHANGED -> "Same";
            case REMOVED -> "Removed";
        };
    }

    private static String would(What what) {
        return switch (what) {
            case CREATED -> "would write";
            case UPDATED -> "would rewrite";
            case UNCHANGED -> "stays as it is";
            case REMOVED -> "would remove";
        };
    }
}
