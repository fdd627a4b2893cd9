package dev.evergate.server.access;

import dev.evergate.core.journal.Node.Offer;
import dev.evergate.server.wire.Params;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The parameters of {@code connect}, checked for shape. Unknown keys are ignored, because newer
 * clients add some within v4.
 *
 * @param scopes in the order sent, which is part of what devices sign
 * @param commands what a node says it can be asked for
 * @param roleSent empty if absent
 */
public record ConnectRequest(
        long minProtocol,
        long maxProtocol,
        Grant.Client client,
        Optional<String> roleSent,
        List<String> scopes,
        List<String> caps,
        List<String> commands,
        Auth auth,
        Optional<Device> device) {
    private static final Set<String> CLIENT_IDS =
            Set.of(
                    "webchat-ui",
                    "openclaw-control-ui",
                    "openclaw-browser-copilot",
                    "openclaw-tui",
                    "webchat",
                    "cli",
                    "gateway-client",
                    "openclaw-macos",
                    "openclaw-linux",
                    "openclaw-ios",
                    "openclaw-watchos",
                    "openclaw-android",
                    "node-host",
                    "openclaw-worker",
                    "test",
                    "fingerprint",
                    "openclaw-probe");
    private static final Pattern NAME = Pattern.compile("[!-~]{1,128}");
    private static final int NAMES_MAX = 256;
    private static final Set<String> CLIENT_MODES =
            Set.of("webchat", "cli", "ui", "backend", "node", "worker", "probe", "test");

    public ConnectRequest {
        scopes = List.copyOf(scopes);
        caps = List.copyOf(caps);
        commands = List.copyOf(commands);
    }

    /** The secrets a client offers; each may be empty. */
    public record Auth(String token, String password, String deviceToken, String bootstrapToken) {
        boolean isEmpty() {
            return token.isEmpty()
                    && password.isEmpty()
                    && deviceToken.isEmpty()
                    && bootstrapToken.isEmpty();
        }

        @Override
        public String toString() {
            return "(credentials)";
        }
    }

    /** A device and its proof. */
    public record Device(
            String id, String publicKey, String signature, String nonce, long signedAtMs) {}

    /** The role asked for. */
    String role() {
        return roleSent.orElse(Grant.OPERATOR);
    }

    /**
     * Reads the parameters.
     *
     * @throws dev.evergate.core.fault.EvergateException INVALID_REQUEST, in the words of the
     *     protocol
     */
    public static ConnectRequest read(Params params) {
        long min = params.integer("minProtocol", 1);
        long max = params.integer("maxProtocol", 1);
        Params client = params.object("client").orElseThrow(() -> params.missing("client"));
        Optional<Device> device = params.object("device").map(ConnectRequest::device);
        return new ConnectRequest(
                min,
                max,
                client(client, device),
                params.optionalText("role"),
                params.texts("scopes"),
                params.texts("caps"),
                params.texts("commands"),
                params.object("auth").map(ConnectRequest::auth).orElse(new Auth("", "", "", "")),
                device);
    }

    /** The same, asking for no more than whoever holds {@code scopes} may have. */
    ConnectRequest within(List<String> limit) {
        List<String> kept =
                scopes.stream()
                        .filter(
                                name ->
                                        Scope.named(name)
                                                .filter(scope -> Scope.reaches(limit, scope))
                                                .isPresent())
                        .toList();
        return new ConnectRequest(
                minProtocol, maxProtocol, client, roleSent, kept, caps, commands, auth, device);
    }

    /** What a node offers, without names that nobody could type or more than anybody looks at. */
    Offer offer() {
        return new Offer(names(caps), names(commands));
    }

    private static List<String> names(List<String> sent) {
        return sent.stream().filter(NAME.asMatchPredicate()).distinct().limit(NAMES_MAX).toList();
    }

    private static Grant.Client client(Params client, Optional<Device> device) {
        return new Grant.Client(
                client.oneOf("id", CLIENT_IDS),
                client.oneOf("mode", CLIENT_MODES),
                client.text("version"),
                client.text("platform"),
                client.optionalName("deviceFamily").orElse(""),
                client.optionalName("displayName").orElse(""),
                client.optionalName("instanceId").orElse(""),
                device.map(Device::id).orElse(""));
    }

    private static Device device(Params device) {
        return new Device(
                device.text("id"),
                device.text("publicKey"),
                device.text("signature"),
                device.text("nonce"),
                device.integer("signedAt", 0));
    }

    private static Auth auth(Params auth) {
        return new Auth(
                auth.optionalText("token").orElse(""),
                auth.optionalText("password").orElse(""),
                auth.optionalText("deviceToken").orElse(""),
                auth.optionalText("bootstrapToken").orElse(""));
    }
}
