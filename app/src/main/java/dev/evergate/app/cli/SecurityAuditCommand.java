package dev.evergate.app.cli;

import dev.evergate.app.cli.Discovery.Finding.Found;
import dev.evergate.app.cli.security.Closing;
import dev.evergate.app.cli.security.Finding;
import dev.evergate.app.cli.security.Premises;
import dev.evergate.app.cli.security.Running;
import dev.evergate.app.cli.security.SecurityAudit;
import dev.evergate.app.cli.security.Severity;
import dev.evergate.app.cli.text.Output;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code evergate security audit}. */
@Command(
        name = "audit",
        description =
                "Look for what could let somebody in who should not be; exit 1 if something is"
                        + " critical.",
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate security audit",
            "  evergate security audit --fix",
            "  evergate security audit --json"
        })
final class SecurityAuditCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Longer than a disk takes. */
    private static final long READ_MS = 10_000;

    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Option(
            names = "--fix",
            description = "Take from others the rights to files that are the gateway's alone.")
    private boolean isFixing;

    SecurityAuditCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        var client = new GatewayClient(surroundings, options);
        Optional<Running> running = running(client);
        List<Finding> findings = SecurityAudit.findings(premises(client, running));
        List<Closing.Deed> deeds = List.of();
        if (isFixing) {
            deeds = Closing.of(findings);
            findings = SecurityAudit.findings(premises(client, running));
        }
        if (options.isJson()) {
            ObjectNode report = report(findings);
            surroundings.output().line(Json.pretty(isFixing ? fixed(deeds, report) : report));
        } else {
            show(findings, deeds);
        }
        boolean isCritical = count(findings, Severity.CRITICAL) > 0;
        return (isCritical ? ExitCode.UNEXPECTED : ExitCode.OK).code();
    }

    private Premises premises(GatewayClient client, Optional<Running> running)
            throws InterruptedException {
        ConfigFiles own = client.configParts().files();
        ConfigFiles files = running.map(gateway -> own.at(gateway.configFile())).orElse(own);
        return new Premises(
                client.stateDirectory().root(),
                files.root(),
                files.readWithin(surroundings.world(), READ_MS),
                running,
                surroundings.world().time().wallMillis());
    }

    /**
     * The gateway of the state directory, if it runs; whatever keeps it from answering is told
     * beside. No other is asked: it could name files of ours.
     */
    private Optional<Running> running(GatewayClient client) {
        try {
            if (client.find() instanceof Found(var address) && address.isOurs()) {
                JsonNode document = client.ask("config.get", Json.object(), PATIENCE);
                return Optional.of(
                        new Running(
                                Path.of(document.path("path").asString("")),
                                document.path("issues").valueStream().map(this::line).toList(),
                                new DeviceDesk(surroundings, options).list()));
            }
            surroundings.output().note("No gateway runs here: devices are not looked at.");
        } catch (CommandFailure failure) {
            surroundings.output().note("Devices are not looked at: " + failure.text());
        }
        return Optional.empty();
    }

    private String line(JsonNode issue) {
        return issue.path("path").asString("") + ": " + issue.path("message").asString("");
    }

    private ObjectNode report(List<Finding> findings) {
        ObjectNode report = Json.object().put("ts", surroundings.world().time().wallMillis());
        ObjectNode summary = report.putObject("summary");
        for (Severity severity : Severity.values()) {
            summary.put(severity.wireName(), count(findings, severity));
        }
        var list = report.putArray("findings");
        for (Finding finding : findings) {
            list.addObject()
                    .put("checkId", finding.id())
                    .put("severity", finding.severity().wireName())
                    .put("title", finding.title())
                    .put("detail", finding.detail())
                    .put("remediation", finding.remedy());
        }
        return report;
    }

    private static ObjectNode fixed(List<Closing.Deed> deeds, ObjectNode report) {
        ObjectNode tree = Json.object();
        ObjectNode fix =
                tree.putObject("fix").put("ok", deeds.stream().allMatch(Closing.Deed::isDone));
        var actions = fix.putArray("actions");
        for (Closing.Deed deed : deeds) {
            ObjectNode action =
                    actions.addObject()
                            .put("kind", "chmod")
                            .put("path", deed.path().toString())
                            .put("mode", deed.mode())
                            .put("ok", deed.isDone());
            if (!deed.isDone()) {
                action.put("error", deed.failure());
            }
        }
        tree.set("report", report);
        return tree;
    }

    private void show(List<Finding> findings, List<Closing.Deed> deeds) {
        Output output = surroundings.output();
        for (Closing.Deed deed : deeds) {
            String path = Output.harmless(deed.path().toString());
            output.line(
                    deed.isDone()
                            ? "chmod %o %s".formatted(deed.mode(), path)
                            : output.toned(Output.Tone.BAD, "not closed: ")
                                    + path
                                    + " ("
                                    + deed.failure()
                                    + ")");
        }
        for (Finding finding : findings) {
            output.line(
                    output.toned(tone(finding.severity()), finding.severity().wireName())
                            + "  "
                            + finding.title()
                            + output.toned(Output.Tone.FAINT, "  " + finding.id()));
            output.line("  " + Output.harmless(finding.detail()));
            output.line("  " + Output.harmless(finding.remedy()));
        }
        output.line(
                findings.isEmpty()
                        ? output.toned(Output.Tone.GOOD, "Nothing found.")
                        : "%d critical, %d to be warned of, %d to know"
                                .formatted(
                                        count(findings, Severity.CRITICAL),
                                        count(findings, Severity.WARN),
                                        count(findings, Severity.INFO)));
        boolean isMendable = findings.stream().anyMatch(finding -> !finding.tooOpen().isEmpty());
        if (isMendable && !isFixing) {
            output.note("What is open to others can be closed: evergate security audit --fix");
        }
    }

    private static Output.Tone tone(Severity severity) {
        return switch (severity) {
            case CRITICAL -> Output.Tone.BAD;
            case WARN -> Output.Tone.WARNING;
            case INFO -> Output.Tone.FAINT;
        };
    }

    private static long count(List<Finding> findings, Severity severity) {
        return findings.stream().filter(finding -> finding.severity() == severity).count();
    }
}
