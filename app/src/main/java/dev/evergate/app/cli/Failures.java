package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Ages;
import dev.evergate.app.cli.wire.GatewayAddress;
import dev.evergate.app.cli.wire.WireError;
import dev.evergate.keeper.ExitCode;
import dev.evergate.keeper.link.Owner;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;

import javax.net.ssl.SSLException;

/** The sentences for what keeps a command from reaching a gateway, and what helps. */
final class Failures {
    private static final String WHERE = "on its machine: evergate gateway auth-token --show";

    private static final String INSECURE_ALLOWED = "ALLOW_INSECURE_PRIVATE_WS";

    private static final String TRUST_IT =
            "If the certificate is yours, pin it: --tls-fingerprint SHA256 (on the gateway's machine:"
                    + " openssl x509 -noout -fingerprint -sha256 -in CERTIFICATE)";

    private Failures() {}

    static CommandFailure notRunning(List<String> looked) {
        return new CommandFailure(
                ExitCode.NOT_REACHABLE,
                "NOT_RUNNING",
                "Evergate is not running (looked at " + String.join(" and ", looked) + ").",
                "Start it with: evergate gateway run");
    }

    static CommandFailure starting(Owner owner, long nowMs) {
        return new CommandFailure(
                ExitCode.NOT_REACHABLE,
                "NOT_SERVING",
                "Evergate is "
                        + phase(owner.phase())
                        + " (generation "
                        + owner.generation()
                        + ", since "
                        + Ages.coarse(Math.max(0, nowMs - owner.sinceMs()))
                        + ").",
                "Follow it with: evergate logs --follow");
    }

    static CommandFailure unreachable(GatewayAddress address, IOException cause) {
        String reason =
                switch (cause) {
                    case ConnectException _ -> "connection refused";
                    case UnknownHostException _ -> "unknown host";
                    case SocketTimeoutException _ -> "no answer in time";
                    case SSLException untrusted -> "no trust: " + root(untrusted);
                    default -> cause.getMessage();
                };
        return new CommandFailure(
                ExitCode.NOT_REACHABLE,
                "NOT_REACHABLE",
                "No gateway could be reached at " + address.place() + ": " + reason + ".",
                cause instanceof SSLException
                        ? TRUST_IT
                        : address.isLoopback() ? "Start it with: evergate gateway run" : "");
    }

    private static String root(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? String.valueOf(failure.getMessage()) : root(cause);
    }

    /** A refusal while connecting. */
    static CommandFailure refused(WireError error, GatewayAddress address) {
        if (error.detail().startsWith("AUTH_") && error.detail().endsWith("_MISMATCH")) {
            return new CommandFailure(
                    ExitCode.NOT_ALLOWED,
                    error.detail(),
                    "The gateway at "
                            + address.place()
                            + " does not accept the secret from "
                            + address.secretSource()
                            + ".",
                    remedy(address));
        }
        if (error.detail().equals("PAIRING_REQUIRED")) {
            return new CommandFailure(
                    ExitCode.NOT_ALLOWED,
                    error.detail(),
                    sentence(error.message()),
                    "On the gateway's own machine: evergate devices list");
        }
        if (error.code().equals("NOT_PAIRED") || error.detail().endsWith("_MISSING")) {
            return new CommandFailure(
                    ExitCode.NOT_ALLOWED,
                    error.detail(),
                    "The gateway at " + address.place() + " wants its token.",
                    "Pass it: --token TOKEN (" + WHERE + ")");
        }
        return refused(error);
    }

    /** A refusal of a request. */
    static CommandFailure refused(WireError error) {
        if (error.code().equals("FORBIDDEN")) {
            return new CommandFailure(
                    ExitCode.NOT_ALLOWED,
                    error.detail().isEmpty() ? error.code() : error.detail(),
                    "Not allowed: " + error.message() + ".",
                    "Over the network only a paired device may ask. From the gateway's own machine"
                            + " it works, or through: ssh -L 18789:127.0.0.1:18789 HOST");
        }
        boolean isAuth = error.detail().startsWith("AUTH_");
        boolean isUnavailable = error.isPassing();
        return new CommandFailure(
                isAuth
                        ? ExitCode.NOT_ALLOWED
                        : isUnavailable ? ExitCode.NOT_REACHABLE : ExitCode.UNEXPECTED,
                isAuth ? error.detail() : error.code(),
                sentence(error.message()),
                isUnavailable ? "It is only a matter of time: try again." : "");
    }

    /** A refusal of a change of the configuration: everything that is wrong, not only the first. */
    static CommandFailure refused(List<String> issues) {
        return new CommandFailure(
                ExitCode.DO_NOT_RETRY,
                "CONFIG_REFUSED",
                "Nothing was changed, because this is wrong:\n  " + String.join("\n  ", issues),
                "What a key may hold: evergate config schema PATH");
    }

    /** Refuses to send a secret in the clear over a network. */
    static void requireSafe(GatewayAddress address, Surroundings surroundings) {
        boolean isSafe =
                address.url().getScheme().equals("wss")
                        || address.isLoopback()
                        || !address.secret().isPresent()
                        || surroundings.variable(INSECURE_ALLOWED).equals("1");
        if (!isSafe) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "INSECURE_URL",
                    "ws://"
                            + address.place()
                            + " would carry the secret in the clear over the network.",
                    "Use wss://, or a tunnel, or on a network of your own set EVERGATE_"
                            + INSECURE_ALLOWED
                            + "=1");
        }
    }

    private static String remedy(GatewayAddress address) {
        String source = address.secretSource();
        if (source.endsWith("_TOKEN") || source.endsWith("_PASSWORD")) {
            return "Unset it to use the local gateway's own: unset " + source;
        }
        return source.startsWith("--")
                ? "For the local gateway leave " + source + " out; it is found by itself."
                : "Pass the right one: --token TOKEN (" + WHERE + ")";
    }

    private static String phase(String phase) {
        return switch (phase) {
            case "booting" -> "starting";
            case "rehearsing", "handing-over", "aborting", "draining" -> "restarting";
            case "backoff" -> "waiting before its next attempt to start";
            case "stopping" -> "stopping";
            default -> "not ready yet";
        };
    }

    static String sentence(String message) {
        String text = message.isEmpty() ? "no reason given" : message;
        String start = text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
        return start.matches(".*[.!?)]$") ? start : start + ".";
    }
}
