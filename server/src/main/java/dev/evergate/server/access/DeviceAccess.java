package dev.evergate.server.access;

import dev.evergate.core.device.Admission;
import dev.evergate.core.device.Applicant;
import dev.evergate.core.device.OperatorScopes;
import dev.evergate.core.device.Pairing;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Looks;
import dev.evergate.core.journal.Device.Role;
import dev.evergate.server.access.AccessPolicy.Decision;
import dev.evergate.server.wire.WireError;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides about devices whose proof holds (protocol v4 "Device tokens", "Pairing flow").
 * Thread-safe; blocks on the store.
 */
final class DeviceAccess {
    /** More of a name is not kept. */
    private static final int NAME_CHARS_MAX = 128;

    private final Pairing pairing;
    private final RequestLimiter requests;

    DeviceAccess(Pairing pairing, RequestLimiter requests) {
        this.pairing = pairing;
        this.requests = requests;
    }

    /**
     * About a device that has shown the shared secret.
     *
     * @param warrant of that secret
     */
    Decision bySecret(
            ConnectRequest request,
            ConnectRequest.Device device,
            Peer peer,
            String method,
            Warrant warrant) {
        long asOf = pairing.withdrawals();
        return admit(request, applicant(request, device, peer), peer, method, warrant, asOf);
    }

    /** About a device that has shown a token of its own; empty if it has not. */
    Optional<Decision> byToken(ConnectRequest request, ConnectRequest.Device device, Peer peer) {
        long asOf = pairing.withdrawals();
        Applicant applicant = applicant(request, device, peer);
        Optional<Role> shown =
                Stream.of(request.auth().deviceToken(), request.auth().token())
                        .filter(token -> !token.isEmpty())
                        .distinct()
                        .flatMap(t -> pairing.shown(device.id(), request.role(), t).stream())
                        .findFirst();
        return shown.map(
                role ->
                        OperatorScopes.missing(role.scopes(), applicant.scopes()).isPresent()
                                ? Decision.Refused.policy(beyond())
                                : admit(
                                        request,
                                        applicant,
                                        peer,
                                        Grant.BY_DEVICE_TOKEN,
                                        Warrant.of(peer),
                                        asOf));
    }

    /** About a device that has shown a setup code; empty if that does not let it in. */
    Optional<Decision> bySetupCode(
            ConnectRequest request, ConnectRequest.Device device, Peer peer) {
        long asOf = pairing.withdrawals();
        Applicant applicant = applicant(request, device, peer);
        return Optional.of(request.auth().bootstrapToken())
                .filter(code -> !code.isEmpty())
                .flatMap(code -> pairing.setupCodes().redeem(applicant, code))
                .map(
                        admitted ->
                                granted(
                                        request,
                                        applicant,
                                        Grant.BY_SETUP_CODE,
                                        Warrant.of(peer),
                                        admitted,
                                        asOf));
    }

    /** What the operator's device may do that holds this token; empty if there is none. */
    Optional<List<String>> scopes(String token) {
        return pairing.holder(Grant.OPERATOR, token).map(Role::scopes);
    }

    private Decision admit(
            ConnectRequest request,
            Applicant applicant,
            Peer peer,
            String method,
            Warrant warrant,
            long asOf) {
        boolean isLocal = peer.isDirectLoopback();
        return switch (pairing.admit(applicant, isLocal, () -> requests.oneMore(peer))) {
            case Admission.Admitted admitted ->
                    granted(request, applicant, method, warrant, admitted, asOf);
            case Admission.Waiting(var reason, var device) -> waiting(reason, device);
            case Admission.Deferred(var afterMs) -> Decision.Refused.policy(tooMany(afterMs));
        };
    }

    private Decision granted(
            ConnectRequest request,
            Applicant applicant,
            String method,
            Warrant warrant,
            Admission.Admitted admitted,
            long asOf) {
        List<Scope> scopes = Scope.known(applicant.scopes());
        Grant grant = Grant.of(applicant.role(), scopes, method, request.client());
        if (!grant.isOperator()) {
            String version = request.client().version();
            pairing.nodes().came(applicant.deviceId(), request.offer(), version);
            grant = grant.offering(request.offer());
        }
        var issued =
                new Decision.Issued(admitted.token(), admitted.issuedAtMs(), admitted.others());
        return new Decision.Granted(grant.of(warrant), warrant, Optional.of(issued), asOf);
    }

    /** Whether nothing has been withdrawn since a decision was begun. */
    boolean isCurrent(long asOf) {
        return pairing.withdrawals() == asOf;
    }

    private static Applicant applicant(
            ConnectRequest request, ConnectRequest.Device device, Peer peer) {
        Grant.Client client = request.client();
        return new Applicant(
                device.id(),
                DeviceProof.canonical(device.publicKey()),
                new Looks(
                        cut(client.platform()),
                        cut(client.deviceFamily()),
                        client.id(),
                        client.mode(),
                        cut(client.displayName()),
                        peer.clientAddress().getHostAddress()),
                request.role(),
                scopes(request));
    }

    private static String cut(String name) {
        return name.substring(0, Math.min(NAME_CHARS_MAX, name.length()));
    }

    /** Scopes are for operators: a node has none, whatever it asks for. */
    private static List<String> scopes(ConnectRequest request) {
        return request.role().equals(Grant.NODE)
                ? List.of()
                : Scope.known(request.scopes()).stream().map(Scope::wireName).toList();
    }

    private static WireError beyond() {
        return AccessPolicy.unauthorized(
                        "device token scope mismatch (re-pair or approve scope upgrade)",
                        "AUTH_SCOPE_MISMATCH",
                        "scope_mismatch",
                        "review_auth_configuration")
                .with(
                        "remediationHint",
                        "Connect once with the gateway's own token: on its machine that is enough,"
                                + " from elsewhere it is approved with: evergate devices list");
    }

    private static WireError tooMany(long afterMs) {
        return AccessPolicy.unauthorized(
                        "too many devices ask to be paired (retry later)",
                        "AUTH_RATE_LIMITED",
                        "rate_limited",
                        "wait_then_retry")
                .retryAfter(afterMs)
                .withHelp("evergate devices list");
    }

    private static Decision waiting(Admission.Reason reason, Device device) {
        Device.Request asked = device.request().orElseThrow();
        String approve = "evergate devices approve " + asked.id();
        WireError error =
                WireError.of(WireError.NOT_PAIRED, "pairing required: " + why(reason))
                        .with("code", "PAIRING_REQUIRED")
                        .with("reason", name(reason))
                        .with("requestId", asked.id())
                        .with("remediationHint", hint(reason) + " Command: " + approve)
                        .with("deviceId", device.id())
                        .with("requestedRole", asked.role());
        if (!asked.scopes().isEmpty()) {
            error = error.with("requestedScopes", asked.scopes());
        }
        if (device.approval().isPresent()) {
            List<Role> roles = device.roles();
            error =
                    error.with("approvedRoles", roles.stream().map(Role::name).toList())
                            .with(
                                    "approvedScopes",
                                    roles.stream()
                                            .flatMap(role -> role.scopes().stream())
                                            .distinct()
                                            .toList());
        }
        String closing = error.message() + " (requestId: " + asked.id() + ")";
        return Decision.Refused.policy(error.withHelp(approve), closing);
    }

    private static String why(Admission.Reason reason) {
        return switch (reason) {
            case NOT_PAIRED -> "device is not approved yet";
            case ROLE_UPGRADE -> "device is asking for a higher role than currently approved";
            case SCOPE_UPGRADE -> "device is asking for more scopes than currently approved";
            case METADATA_UPGRADE -> "device identity changed and must be re-approved";
        };
    }

    private static String name(Admission.Reason reason) {
        return switch (reason) {
            case NOT_PAIRED -> "not-paired";
            case ROLE_UPGRADE -> "role-upgrade";
            case SCOPE_UPGRADE -> "scope-upgrade";
            case METADATA_UPGRADE -> "metadata-upgrade";
        };
    }

    private static String hint(Admission.Reason reason) {
        return switch (reason) {
            case NOT_PAIRED -> "Approve this device from the pending pairing requests.";
            case ROLE_UPGRADE ->
                    "Review the requested role upgrade, then approve the pending request.";
            case SCOPE_UPGRADE -> "Review the requested scopes, then approve the pending upgrade.";
            case METADATA_UPGRADE ->
                    "Review the refreshed device details, then approve the pending request.";
        };
    }
}
