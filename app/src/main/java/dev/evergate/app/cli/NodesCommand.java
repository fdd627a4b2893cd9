package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Ages;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Table;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import tools.jackson.databind.JsonNode;

import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** {@code evergate nodes} and {@code evergate nodes list}. */
@Command(
        name = "list",
        description = "Nodes, what they can be asked for, and what they offer beyond that.",
        footerHeading = "%nExamples%n",
        footer = {"  evergate nodes list", "  evergate nodes list --json"})
final class NodesCommand implements Callable<Integer> {
    private static final int ID_CHARS = 12;

    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    NodesCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        JsonNode listing = new NodeDesk(surroundings, options).list();
        Output output = surroundings.output();
        JsonNode nodes = listing.path("nodes");
        if (options.isJson()) {
            output.line(Json.pretty(listing));
        } else if (nodes.isEmpty()) {
            output.line("No device has come as a node.");
        } else {
            table(nodes, output).lines().forEach(output::line);
            nodes.valueStream()
                    .map(node -> node.path("pendingRequestId").asString(""))
                    .filter(id -> !id.isEmpty())
                    .findFirst()
                    .ifPresent(
                            id ->
                                    output.note(
                                            "Allow what one offers: evergate nodes approve "
                                                    + Output.harmless(id)));
        }
        return ExitCode.OK.code();
    }

    private Table table(JsonNode nodes, Output output) {
        Table table = new Table();
        table.row(
                output.toned(Output.Tone.STRONG, "Node"),
                output.toned(Output.Tone.STRONG, "What"),
                output.toned(Output.Tone.STRONG, "Here"),
                output.toned(Output.Tone.STRONG, "Can be asked for"),
                output.toned(Output.Tone.STRONG, "Offers"),
                output.toned(Output.Tone.STRONG, "Request"));
        long nowMs = surroundings.world().time().wallMillis();
        for (JsonNode node : nodes) {
            boolean isHere = node.path("connected").asBoolean(false);
            String id = node.path("nodeId").asString("?");
            table.row(
                    Output.harmless(id.substring(0, Math.min(ID_CHARS, id.length()))),
                    Output.harmless(name(node)),
                    isHere ? "yes" : Ages.ago(node.path("lastSeenAtMs").asLong(0), nowMs),
                    words(node.path("commands"), "nothing"),
                    words(node.path("pendingDeclaredCommands"), "-"),
                    Output.harmless(node.path("pendingRequestId").asString("-")));
        }
        return table;
    }

    private static String name(JsonNode node) {
        String name = node.path("displayName").asString("");
        String platform = node.path("platform").asString("an unknown system");
        return name.isBlank() ? platform : name + ", " + platform;
    }

    private static String words(JsonNode names, String none) {
        String joined =
                names.valueStream().map(n -> n.asString("")).collect(Collectors.joining(", "));
        return Output.harmless(joined.isEmpty() ? none : joined);
    }
}
