package dev.evergate.app.cli;

import dev.evergate.keeper.ExitCode;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.List;

/** What the commands about nodes ask a gateway, and how they tell the outcome. */
record NodeDesk(Surroundings surroundings, ConnectOptions options) {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    JsonNode list() {
        return ask("node.list", Json.object());
    }

    JsonNode ask(String method, ObjectNode params) {
        return ask(method, params, PATIENCE);
    }

    JsonNode ask(String method, ObjectNode params, Duration patience) {
        return new GatewayClient(surroundings, options).ask(method, params, patience);
    }

    /** The whole id of the one node that is called so, or whose id begins so. */
    String node(String given) {
        List<String> fitting =
                list().path("nodes")
                        .valueStream()
                        .filter(
                                node ->
                                        node.path("nodeId").asString("").startsWith(given)
                                                || node.path("displayName")
                                                        .asString("")
                                                        .equalsIgnoreCase(given))
                        .map(node -> node.path("nodeId").asString(""))
                        .toList();
        if (given.isEmpty() || fitting.size() != 1) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    fitting.isEmpty() ? "NO_SUCH_NODE" : "WHICH_NODE",
                    fitting.isEmpty()
                            ? "No node is called " + given + ", and the id of none begins so."
                            : fitting.size() + " nodes are called " + given + " or begin so.",
                    "Those that are known: evergate nodes list");
        }
        return fitting.getFirst();
    }

    /** Tells what was done; scripts get the answer as it came. */
    int done(JsonNode answer, String sentence) {
        surroundings.output().line(options.isJson() ? Json.pretty(answer) : sentence);
        return ExitCode.OK.code();
    }

    /** What a refusal of a request that is not there means to a person. */
    static CommandFailure noSuchRequest(String requestId) {
        return new CommandFailure(
                ExitCode.UNEXPECTED,
                "NO_SUCH_REQUEST",
                "No node asks under " + requestId + ": it was answered or replaced.",
                "Those that ask: evergate nodes list");
    }
}
