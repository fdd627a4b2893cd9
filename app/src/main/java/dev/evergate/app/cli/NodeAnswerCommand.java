package dev.evergate.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.util.concurrent.Callable;

/** {@code evergate nodes approve} and {@code reject}. */
abstract sealed class NodeAnswerCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private ConnectOptions options = new ConnectOptions();

    @Parameters(
            paramLabel = "REQUEST",
            description = "The request, as evergate nodes list shows it.")
    private String request = "";

    private NodeAnswerCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Lets a node be asked for what it offers. */
    @Command(
            name = "approve",
            description = "Let a node be asked for everything it offers.",
            footerHeading = "%nExamples%n",
            footer = {
                "  evergate nodes approve 0197c0de-77aa-7000-8000-000000000001",
                "  evergate nodes approve 0197c0de-77aa-7000-8000-000000000001 --json"
            })
    static final class Approve extends NodeAnswerCommand {
        Approve(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() {
            return answer("node.pair.approve", "It can be asked for what it offers now.");
        }
    }

    /** Leaves a node as it is. */
    @Command(
            name = "reject",
            description = "Let a node not be asked for more than before; it may offer it again.",
            footerHeading = "%nExamples%n",
            footer = {
                "  evergate nodes reject 0197c0de-77aa-7000-8000-000000000001",
                "  evergate nodes reject 0197c0de-77aa-7000-8000-000000000001 --json"
            })
    static final class Reject extends NodeAnswerCommand {
        Reject(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() {
            return answer("node.pair.reject", "It can be asked for what it could before.");
        }
    }

    final int answer(String method, String sentence) {
        var desk = new NodeDesk(surroundings, options);
        try {
            JsonNode answer = desk.ask(method, Json.object().put("requestId", request.strip()));
            return desk.done(answer, sentence);
        } catch (CommandFailure failure) {
            throw failure.text().startsWith("Unknown requestId")
                    ? NodeDesk.noSuchRequest(request.strip())
                    : failure;
        }
    }
}
