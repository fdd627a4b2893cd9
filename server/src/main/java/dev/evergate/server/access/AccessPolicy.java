package dev.evergate.server.access;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Auth.Mode;
import dev.evergate.core.config.ConfigSnapshot.RateLimit;
import dev.evergate.core.device.Admission;
import dev.evergate.core.device.Pairing;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.time.Time;
import dev.evergate.server.wire.WireError;
import dev.evergate.server.ws.CloseCode;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides who may connect and as what (protocol v4 "Handshake" and "Authentication"). Thread-safe.
 * Computes for a millisecond, and blocks on the store for a device.
 *
 * <p>What a right shared secret gives depends on where the connection comes from: on direct
 * loopback the command line and library clients keep the scopes they ask for, other kinds of client
 * only as a device, which is paired by that; from elsewhere a device must have been allowed what it
 * wants, and others get no scopes. A client's claim can only narrow.
 */
public final class AccessPolicy {
    private static final long PROTOCOL = 4;
    private static final long PROBE_PROTOCOL_MIN = 3;

    /** 32 bytes in base64url, without padding (protocol v4 "Device tokens"). */
    private static final int DEVICE_TOKEN_CHARS = 43;

    private static final String ORIGIN_REFUSED =
            "origin not allowed (open the Control UI from the gateway host or allow it in"
                    + " gateway.controlUi.allowedOrigins)";

    private final Time time;
    private final GuessLimiter limiter;
    private final DeviceAccess devices;

    /**
     * @param limit of wrong secrets, as it is in force; asked each time
     */
    public AccessPolicy(Time time, Supplier<RateLimit> limit, Pairing pairing) {
        this.time = time;
        this.limiter = new GuessLimiter(time, limit);
        this.devices = new DeviceAccess(pairing, new RequestLimiter(time));
    }

    /** The answer to a {@code connect}. */
    public sealed interface Decision {
        /**
         * Let in.
         *
         * @param warrant by what
         * @param issued what a device may show next time; empty without a paired device
         * @param asOf when this was decided, see {@link AccessPolicy#isCurrent}
         */
        record Granted(Grant grant, Warrant warrant, Optional<Issued> issued, long asOf)
                implements Decision {}

        /**
         * A device token, and since when it is valid (wall clock).
         *
         * @param others tokens for other roles, which a device gets with its setup code
         */
        record Issued(Secret token, long atMs, List<Admission.Handed> others) {}

        /**
         * Refused: answer, then close.
         *
         * @param closeReason may be longer than a close frame can carry
         * @param delayMs how long to wait before answering
         */
        record Refused(WireError error, CloseCode close, String closeReason, long delayMs)
                implements Decision {
            static Refused policy(WireError error) {
                return policy(error, error.message());
            }

            static Refused policy(WireError error, String closeReason) {
                return new Refused(error, CloseCode.POLICY, closeReason, 0);
            }
        }
    }

    /**
     * Decides about one request.
     *
     * @param nonce of this connection's challenge
     */
    public Decision decide(
            ConnectRequest request, Peer peer, String nonce, Phase phase, ConfigSnapshot config) {
        Optional<Decision> refused =
                protocolFault(request)
                        .or(() -> roleFault(request))
                        .or(() -> originFault(request, peer, config.gateway()))
                        .or(() -> phaseFault(phase))
                        .or(() -> deviceFault(request, nonce));
        return refused.orElseGet(() -> byCredentials(request, peer, config.gateway()));
    }

    /**
     * Whether a decision still holds: what a device was allowed may have been taken back since.
     * Does not block.
     */
    public boolean isCurrent(Decision.Granted granted) {
        return granted.issued().isEmpty() || devices.isCurrent(granted.asOf());
    }

    /** The answer to a secret in an HTTP header. */
    public enum Bearer {
        ACCEPTED,
        REFUSED,
        LOCKED
    }

    /** Checks the secret of an HTTP request; an empty one is refused without counting. */
    public Bearer bearer(String token, Peer peer, ConfigSnapshot.Gateway gateway) {
        return switch (Claim.of(peer, gateway)) {
            case Claim.LetIn _ -> Bearer.ACCEPTED;
            case Claim.Refused _ -> Bearer.REFUSED;
            case Claim.ToProve _ -> secret(token, peer, secret(peer, gateway.auth()));
        };
    }

    /**
     * Whether a request gets in without showing a secret: then a page elsewhere could have a
     * browser make it.
     */
    public boolean isAmbient(Peer peer, ConfigSnapshot.Gateway gateway) {
        return Claim.of(peer, gateway) instanceof Claim.LetIn;
    }

    /** How a request that was let in has proven itself, in the words of the protocol. */
    public String method(Peer peer, ConfigSnapshot.Gateway gateway) {
        return Claim.of(peer, gateway) instanceof Claim.LetIn(var method)
                ? method
                : method(gateway.auth());
    }

    private static String method(ConfigSnapshot.Auth auth) {
        return auth.mode() == Mode.TOKEN ? "token" : "password";
    }

    /** By what a request was let in that was; does not count. */
    public Warrant warrant(String token, Peer peer, ConfigSnapshot.Gateway gateway) {
        return isAmbient(peer, gateway) || secret(peer, gateway.auth()).matches(token)
                ? Warrant.of(peer, gateway.auth())
                : Warrant.of(peer);
    }

    /** What a secret is compared with; behind a proxy only programs of this computer have one. */
    private static Secret secret(Peer peer, ConfigSnapshot.Auth auth) {
        return auth.mode() != Mode.TRUSTED_PROXY || peer.isDirectLoopback()
                ? auth.secret()
                : Secret.none();
    }

    /**
     * Whether a secret may be that of a device, whose {@link #device} has to be asked: it looks
     * like one, and is not the gateway's own. Does not wait, and does not count.
     */
    public boolean mayBeDevice(String token, Peer peer, ConfigSnapshot.Gateway gateway) {
        return limiter.lockedMs(peer, Optional.empty()) == 0
                && Claim.of(peer, gateway) instanceof Claim.ToProve
                && token.length() == DEVICE_TOKEN_CHARS
                && !gateway.auth().secret().matches(token);
    }

    /**
     * What an operator's device may do whose token somebody shows over HTTP; empty if there is no
     * such device, which counts as a wrong secret. Blocks on the store.
     */
    public Optional<List<String>> device(String token, Peer peer) {
        Optional<List<String>> scopes = devices.scopes(token);
        if (scopes.isEmpty()) {
            var _ = limiter.failed(peer, Optional.empty());
        }
        return scopes;
    }

    /** The same for a secret other than the gateway's own. */
    public Bearer secret(String offered, Peer peer, Secret wanted) {
        if (limiter.lockedMs(peer, Optional.empty()) > 0) {
            return Bearer.LOCKED;
        }
        if (wanted.matches(offered)) {
            return Bearer.ACCEPTED;
        }
        if (!offered.isEmpty()) {
            var _ = limiter.failed(peer, Optional.empty());
        }
        return Bearer.REFUSED;
    }

    /** How long who has shown a wrong secret waits for the answer, in milliseconds. */
    public long delayMs(Peer peer) {
        return limiter.delayMs(peer);
    }

    private static Optional<Decision> protocolFault(ConnectRequest request) {
        long min = request.minProtocol();
        long max = request.maxProtocol();
        boolean isProbe = request.client().mode().equals("probe");
        boolean isNode =
                request.role().equals(Grant.NODE) && request.client().mode().equals("node");
        boolean fits =
                (min <= PROTOCOL && max >= PROTOCOL)
                        || (isProbe && min <= PROTOCOL && max >= PROBE_PROTOCOL_MIN)
                        || (isNode && min <= PROBE_PROTOCOL_MIN && max >= PROBE_PROTOCOL_MIN);
        if (fits) {
            return Optional.empty();
        }
        WireError error =
                WireError.invalid("protocol mismatch")
                        .with("code", "PROTOCOL_MISMATCH")
                        .with("clientMinProtocol", min)
                        .with("clientMaxProtocol", max)
                        .with("expectedProtocol", PROTOCOL)
                        .with("minimumProbeProtocol", PROBE_PROTOCOL_MIN);
        return Optional.of(
                new Decision.Refused(error, CloseCode.PROTOCOL_ERROR, error.message(), 0));
    }

    private static Optional<Decision> roleFault(ConnectRequest request) {
        boolean isKnown =
                request.role().equals(Grant.OPERATOR) || request.role().equals(Grant.NODE);
        return isKnown
                ? Optional.empty()
                : Optional.of(Decision.Refused.policy(WireError.invalid("invalid role")));
    }

    private static Optional<Decision> originFault(
            ConnectRequest request, Peer peer, ConfigSnapshot.Gateway gateway) {
        Optional<String> origin = peer.origin();
        boolean needsOrigin = request.client().mode().equals("webchat");
        if (origin.isEmpty() && !needsOrigin) {
            return Optional.empty();
        }
        if (origin.isPresent() && Origins.isAllowed(origin.get(), peer.host(), gateway)) {
            return Optional.empty();
        }
        boolean isNamed = origin.isPresent() && Origins.isWellFormed(origin.get());
        return Optional.of(
                Decision.Refused.policy(
                        WireError.invalid(ORIGIN_REFUSED)
                                .with("code", "CONTROL_UI_ORIGIN_NOT_ALLOWED")
                                .with(
                                        "reason",
                                        isNamed
                                                ? "origin not allowed"
                                                : "origin missing or invalid")));
    }

    private static Optional<Decision> phaseFault(Phase phase) {
        return switch (phase) {
            case STARTING ->
                    Optional.of(
                            new Decision.Refused(
                                    WireError.tryAgain(
                                            "gateway starting; retry shortly", "startup-sidecars"),
                                    CloseCode.TRY_LATER,
                                    "gateway starting",
                                    0));
            case STANDBY, RUNNING, HANDING_OVER, DRAINING, STOPPED -> Optional.empty();
        };
    }

    private Optional<Decision> deviceFault(ConnectRequest request, String nonce) {
        return request.device()
                .flatMap(device -> DeviceProof.fault(request, device, nonce, time.wallMillis()))
                .map(Decision.Refused::policy);
    }

    private Decision byCredentials(
            ConnectRequest request, Peer peer, ConfigSnapshot.Gateway gateway) {
        return switch (Claim.of(peer, gateway)) {
            case Claim.LetIn(var method) -> letIn(request, peer, gateway.auth(), method);
            case Claim.Refused(var reason, var text, var help) ->
                    Decision.Refused.policy(
                            unauthorized(
                                            text,
                                            "AUTH_UNAUTHORIZED",
                                            reason,
                                            "review_auth_configuration")
                                    .withHelp(help));
            case Claim.ToProve _ -> byProof(request, peer, gateway);
        };
    }

    private Decision byProof(ConnectRequest request, Peer peer, ConfigSnapshot.Gateway gateway) {
        boolean hasDevice = request.device().isPresent();
        if (request.auth().isEmpty() && !hasDevice) {
            return Decision.Refused.policy(
                    WireError.of(WireError.NOT_PAIRED, "device identity required")
                            .with("code", "DEVICE_IDENTITY_REQUIRED"));
        }
        long lockedMs = limiter.lockedMs(peer, proven(request));
        if (lockedMs > 0) {
            return Decision.Refused.policy(
                    unauthorized(
                                    "too many failed authentication attempts (retry later)",
                                    "AUTH_RATE_LIMITED",
                                    "rate_limited",
                                    "wait_then_retry")
                            .retryAfter(lockedMs));
        }
        ConfigSnapshot.Auth auth = gateway.auth();
        if (holdsSecret(request.auth(), auth.mode(), secret(peer, auth))) {
            return letIn(request, peer, auth, method(auth));
        }
        return request.device()
                .flatMap(
                        device ->
                                devices.byToken(request, device, peer)
                                        .or(() -> devices.bySetupCode(request, device, peer)))
                .orElseGet(() -> byNothing(request, peer, gateway.auth().mode()));
    }

    private Decision byNothing(ConnectRequest request, Peer peer, Mode mode) {
        boolean isGuess = !request.auth().isEmpty();
        WireError error = credentialFault(request, mode);
        String help =
                isSetupCode(request.auth())
                        ? "evergate devices invite"
                        : "evergate gateway auth-token --show";
        return new Decision.Refused(
                error.withHelp(help),
                CloseCode.POLICY,
                error.message(),
                isGuess ? limiter.failed(peer, proven(request)) : 0);
    }

    /** The device, whose proof has been looked at before any secret is. */
    private static Optional<String> proven(ConnectRequest request) {
        return request.device().map(ConnectRequest.Device::id);
    }

    /** Whether a client has nothing else to show. */
    private static boolean isSetupCode(ConnectRequest.Auth auth) {
        return !auth.bootstrapToken().isEmpty()
                && auth.token().isEmpty()
                && auth.password().isEmpty()
                && auth.deviceToken().isEmpty();
    }

    /** Either field may carry the secret; if both do, the one that fits the mode counts. */
    private static boolean holdsSecret(ConnectRequest.Auth offered, Mode mode, Secret wanted) {
        String first = mode == Mode.TOKEN ? offered.token() : offered.password();
        String second = mode == Mode.TOKEN ? offered.password() : offered.token();
        return wanted.matches(first.isEmpty() ? second : first);
    }

    private static WireError credentialFault(ConnectRequest request, Mode mode) {
        ConnectRequest.Auth auth = request.auth();
        if (isSetupCode(auth)) {
            return unauthorized(
                    "setup code is not valid or not valid any more (ask for a new one)",
                    "AUTH_BOOTSTRAP_TOKEN_INVALID",
                    "bootstrap_token_invalid",
                    "update_auth_credentials");
        }
        if (!auth.deviceToken().isEmpty() && auth.password().isEmpty()) {
            return unauthorized(
                            "device token mismatch (rotate/reissue device token)",
                            "AUTH_DEVICE_TOKEN_MISMATCH",
                            "device_token_mismatch",
                            "update_auth_credentials")
                    .with(
                            "remediationHint",
                            "Connect once with the gateway's own token: the device gets a new one.");
        }
        String kind = mode == Mode.TOKEN ? "token" : "password";
        String hint = " (use this gateway's gateway.auth." + kind + " or pair the device)";
        String code = "AUTH_" + kind.toUpperCase(java.util.Locale.ROOT);
        if (auth.isEmpty()) {
            return unauthorized(
                    "gateway " + kind + " missing" + hint,
                    code + "_MISSING",
                    kind + "_missing",
                    "update_auth_configuration");
        }
        boolean hasDevice = request.device().isPresent();
        return unauthorized(
                        "gateway " + kind + " mismatch" + hint,
                        code + "_MISMATCH",
                        kind + "_mismatch",
                        hasDevice ? "retry_with_device_token" : "update_auth_credentials")
                .with("canRetryWithDeviceToken", hasDevice);
    }

    static WireError unauthorized(String message, String code, String reason, String nextStep) {
        return WireError.invalid("unauthorized: " + message)
                .with("code", code)
                .with("authReason", reason)
                .with("canRetryWithDeviceToken", false)
                .with("recommendedNextStep", nextStep);
    }

    /**
     * Lets in who has shown the secret, or needs none.
     *
     * @param method how that was
     */
    private Decision letIn(
            ConnectRequest asked, Peer peer, ConfigSnapshot.Auth auth, String method) {
        ConnectRequest request =
                peer.word().flatMap(ProxyWord::scopes).map(asked::within).orElse(asked);
        Warrant warrant = Warrant.of(peer, auth);
        boolean hasDevice = request.device().isPresent();
        boolean isProgram =
                peer.isDirectLoopback()
                        && isBackend(request.client())
                        && request.role().equals(Grant.OPERATOR);
        if (hasDevice && !isProgram) {
            return devices.bySecret(request, request.device().orElseThrow(), peer, method, warrant);
        }
        if (!hasDevice && request.role().equals(Grant.NODE)) {
            return Decision.Refused.policy(
                    WireError.of(WireError.NOT_PAIRED, "device identity required")
                            .with("code", "DEVICE_IDENTITY_REQUIRED"));
        }
        if (!hasDevice && request.client().mode().equals("webchat")) {
            return Decision.Refused.policy(
                    WireError.of(
                                    WireError.NOT_PAIRED,
                                    "control ui requires device identity (use HTTPS or localhost"
                                            + " secure context)")
                            .with("code", "CONTROL_UI_DEVICE_IDENTITY_REQUIRED"));
        }
        boolean keepsScopes = isProgram || (peer.isDirectLoopback() && isTool(request.client()));
        List<Scope> scopes = keepsScopes ? Scope.known(request.scopes()) : List.of();
        Grant grant = Grant.of(request.role(), scopes, method, request.client());
        return new Decision.Granted(grant.of(warrant), warrant, Optional.empty(), 0);
    }

    /** The command line of the same person, whom a device proof would tell nothing new. */
    private static boolean isTool(Grant.Client client) {
        return client.id().equals("cli") && client.mode().equals("cli");
    }

    /** A program of the same person, which is not paired even if it has a device. */
    private static boolean isBackend(Grant.Client client) {
        return client.id().equals("gateway-client") && client.mode().equals("backend");
    }
}
