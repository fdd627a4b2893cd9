package dev.evergate.app.cli;

import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.concurrent.Callable;

/** {@code evergate nodes remove}, {@code rename} and {@code invoke}. */
abstract sealed class NodeCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Parameters(
            index = "0",
            paramLabel = "NODE",
            description = "The node's name, its id, or what its id begins with.")
    private String node = "";

    private NodeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    final Surroundings surroundings() {
        return surroundings;
    }

    final NodeDesk desk() {
        return new NodeDesk(surroundings, options);
    }

    /** Names the node to a method. */
    final ObjectNode params() {
        return Json.object().put("nodeId", desk().node(node.strip()));
    }

    /** Takes the role back. */
    @Command(
            name = "remove",
            description = "Let a device be a node no longer; what it was allowed is forgotten.",
            footerHeading = "%nExamples%n",
            footer = {"  evergate nodes remove hall", "  evergate nodes remove 8f1386f4 --json"})
    static final class Remove extends NodeCommand {
        Remove(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() {
            return desk().done(
                            desk().ask("node.pair.remove", params()),
                            "Removed. Its connections as a node have ended.");
        }
    }

    /** Gives a node a name. */
    @Command(
            name = "rename",
            description = "Give a node a name that counts more than its own.",
            footerHeading = "%nExamples%n",
            footer = {"  evergate nodes rename 8f1386f4 hall"})
    static final class Rename extends NodeCommand {
        @Parameters(index = "1", paramLabel = "NAME", description = "The name.")
        private String name = "";

        Rename(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() {
            JsonNode answer = desk().ask("node.rename", params().put("displayName", name));
            return desk().done(answer, "It is called " + name + " now.");
        }
    }

    /** Asks a node for something. */
    @Command(
            name = "invoke",
            description = "Ask a node for something and print what it brings as JSON.",
            footerHeading = "%nExamples%n",
            footer = {
                "  evergate nodes invoke hall camera.list",
                "  evergate nodes invoke hall system.run --params '{\"command\":[\"uptime\"]}'"
            })
    static final class Invoke extends NodeCommand {
        /** The gateway waits as long as it was told; the way there and back takes time, too. */
        private static final Duration WAY = Duration.ofSeconds(5);

        @Parameters(index = "1", paramLabel = "COMMAND", description = "What to ask for.")
        private String command = "";

        @Option(
                names = "--params",
                paramLabel = "JSON",
                description = "What the command needs, any JSON value.")
        private String params = "";

        @Option(
                names = "--timeout",
                paramLabel = "TIME",
                converter = ConnectOptions.Seconds.class,
                description = "How long to wait (default: 30s).")
        private Duration timeout = Duration.ofSeconds(30);

        @Option(
                names = "--key",
                paramLabel = "KEY",
                description = "The same key asks the node once, however often it is used.")
        private String key = "";

        Invoke(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() {
            ObjectNode asked = Json.object();
            if (!params.isEmpty()) {
                asked.set("params", parsedParams());
            }
            asked.setAll(params());
            asked.put("command", command)
                    .put("timeoutMs", timeout.toMillis())
                    .put(
                            "idempotencyKey",
                            key.isEmpty() ? surroundings().world().ids().next() : key);
            JsonNode answer = desk().ask("node.invoke", asked, timeout.plus(WAY));
            surroundings().output().line(Json.pretty(answer.path("payload")));
            return ExitCode.OK.code();
        }

        private JsonNode parsedParams() {
            try {
                return JsonMapper.shared().readTree(params);
            } catch (JacksonException malformed) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "BAD_PARAMS",
                        "--params %s: %s (expected: JSON such as '{\"limit\":5}')."
                                .formatted(params, malformed.getOriginalMessage()),
                        "");
            }
        }
    }
}
