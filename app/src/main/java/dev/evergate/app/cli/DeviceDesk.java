package dev.evergate.app.cli;

import dev.evergate.keeper.ExitCode;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.List;

/** What the commands about devices ask a gateway, and how they tell the outcome. */
record DeviceDesk(Surroundings surroundings, ConnectOptions options) {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A shorter beginning of an id could mean a device by chance. */
    private static final int PREFIX_CHARS_MIN = 6;

    JsonNode list() {
        return ask("device.pair.list", Json.object());
    }

    JsonNode ask(String method, ObjectNode params) {
        return new GatewayClient(surroundings, options).ask(method, params, PATIENCE);
    }

    /** The whole id of the one paired device that begins so. */
    String device(String given) {
        List<String> fitting =
                list().path("paired")
                        .valueStream()
                        .map(device -> device.path("deviceId").asString(""))
                        .filter(id -> id.startsWith(given))
                        .toList();
        boolean isClear =
                fitting.size() == 1
                        && (given.length() >= PREFIX_CHARS_MIN || fitting.getFirst().equals(given));
        if (!isClear) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    fitting.isEmpty() ? "NO_SUCH_DEVICE" : "WHICH_DEVICE",
                    fitting.isEmpty()
                            ? "No paired device begins with " + given + "."
                            : given + " is too short to name one device.",
                    "Those that are paired: evergate devices list");
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
                "No device waits under "
                        + requestId
                        + ": it was answered, replaced, or is too old.",
                "Those that wait: evergate devices list");
    }
}
