package dev.evergate.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.util.concurrent.Callable;

/** {@code evergate devices approve} and {@code reject}. */
abstract sealed class DeviceAnswerCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Parameters(
            paramLabel = "REQUEST",
            description = "The request, as evergate devices list shows it.")
    private String request = "";

    private DeviceAnswerCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Lets a device in. */
    @Command(
            name = "approve",
            description = "Let a device in that waits, with the role and scopes it wants.",
            footerHeading = "%nExamples%n",
            footer = {
                "  evergate devices approve 0197c0de-77aa-7000-8000-000000000001",
                "  evergate devices approve 0197c0de-77aa-7000-8000-000000000001 --json"
            })
    static final class Approve extends DeviceAnswerCommand {
        Approve(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() {
            return answer("device.pair.approve", "It may connect now, and gets its token then.");
        }
    }

    /** Turns a device away. */
    @Command(
            name = "reject",
            description = "Turn a device away that waits; it may ask again.",
            footerHeading = "%nExamples%n",
            footer = {
                "  evergate devices reject 0197c0de-77aa-7000-8000-000000000001",
                "  evergate devices reject 0197c0de-77aa-7000-8000-000000000001 --json"
            })
    static final class Reject extends DeviceAnswerCommand {
        Reject(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() {
            return answer("device.pair.reject", "It was turned away.");
        }
    }

    final int answer(String method, String sentence) {
        var desk = new DeviceDesk(surroundings, options);
        try {
            JsonNode answer = desk.ask(method, Json.object().put("requestId", request.strip()));
            return desk.done(answer, sentence);
        } catch (CommandFailure failure) {
            throw failure.text().startsWith("Unknown requestId")
                    ? DeviceDesk.noSuchRequest(request.strip())
                    : failure;
        }
    }
}
