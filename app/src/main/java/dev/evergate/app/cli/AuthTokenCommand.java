package dev.evergate.app.cli;

import dev.evergate.api.Secret;
import dev.evergate.app.Access;
import dev.evergate.app.StateDirectory;
import dev.evergate.app.cli.text.Output;
import dev.evergate.keeper.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code evergate gateway auth-token}: the one command that shows a secret, because it is asked,
 * and that makes another one.
 */
@Command(
        name = "auth-token",
        description = {
            "The token (or password) that lets clients in, for the settings of another",
            "program. Commands of this machine find it by themselves. With --rotate another one",
            "takes its place, and whoever came in with the old one is out."
        },
        footerHeading = "%nExamples%n",
        footer = {
            "  evergate gateway auth-token --show",
            "  evergate gateway auth-token --rotate",
            "  openclaw config set gateway.auth.token \"$(evergate gateway auth-token)\""
        })
final class AuthTokenCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Option(names = "--show", description = "Also to a terminal, where others may read along.")
    private boolean show;

    @Option(names = "--rotate", description = "Make another one, of 256 random bits.")
    private boolean rotate;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "The state directory (default: ~/.evergate).")
    private String stateDirectory = "";

    @Option(names = "--json", description = "Answer in JSON, for scripts.")
    private boolean json;

    AuthTokenCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        var given = new Discovery.Given("", Secret.none(), Secret.none(), "", stateDirectory);
        var client = new GatewayClient(surroundings, given);
        if (rotate) {
            new SecretRotation(surroundings, client).rotate();
            if (!show) {
                surroundings.tell(
                        json,
                        Json.object().put("rotated", true),
                        "There is another secret now. To see it: evergate gateway auth-token"
                                + " --show");
                return ExitCode.OK.code();
            }
        }
        StateDirectory state = client.stateDirectory();
        Access access =
                Discovery.access(state)
                        .orElseThrow(() -> Failures.notRunning(List.of(state.root().toString())));
        Secret secret = access.token();
        if (!secret.isPresent()) {
            throw SecretRotation.noSecret();
        }
        Output output = surroundings.output();
        if (output.isTerminal() && !show) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "NOT_SHOWN",
                    "Whoever sees this terminal would see the gateway's secret.",
                    "To see it all the same: evergate gateway auth-token --show");
        }
        surroundings.tell(json, Json.object().put("token", secret.reveal()), secret.reveal());
        return ExitCode.OK.code();
    }
}
