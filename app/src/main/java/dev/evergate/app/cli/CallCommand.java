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

/** {@code evergate gateway call}. */
@Command(
        name = "call",
        description = "Call any method of the gateway and print its answer as JSON.",
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate gateway call models.list",
            "  evergate gateway call chat.history --params '{\"sessionKey\":\"main\",\"limit\":5}'"
        })
final class CallCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Parameters(paramLabel = "METHOD", description = "The method, such as status.")
    private String method = "";

    @Option(
            names = "--params",
            paramLabel = "JSON",
            description = "Its parameters, a JSON object (default: {}).")
    private String params = "{}";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = ConnectOptions.Seconds.class,
            description = "How long to wait (default: 30s).")
    private Duration timeout = Duration.ofSeconds(30);

    CallCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        JsonNode answer =
                new GatewayClient(surroundings, options).ask(method, parsedParams(), timeout);
        surroundings.output().line(Json.pretty(answer));
        return ExitCode.OK.code();
    }

    private ObjectNode parsedParams() {
        String problem;
        try {
            JsonNode tree = JsonMapper.shared().readTree(params);
            if (tree instanceof ObjectNode object) {
                return object;
            }
            problem = "it is not an object";
        } catch (JacksonException malformed) {
            problem = malformed.getOriginalMessage();
        }
        throw new CommandFailure(
                ExitCode.USAGE,
                "BAD_PARAMS",
                "--params " + params + ": " + problem + " (expected: such as '{\"limit\":5}').",
                "");
    }
}
