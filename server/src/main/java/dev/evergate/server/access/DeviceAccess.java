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
    private final Pairing pairing;

    DeviceAccess(Pairing pairing) {
        this.pairing = pairing;
    }

    /** About a device that has shown the shared secret. */
    Decision bySecret(
            ConnectRequest request, ConnectRequest.Device device, Peer peer, String method) {
        long asOf = pairing.withdrawals();
        List<Scope> scopes = Scope.known(request.scopes());
        return admit(request, applicant(request, device, scopes, peer), peer, method, asOf);
    }

    /** About a device that has shown a token of its own; empty if it has not. */
    Optional<Decision> byToken(ConnectRequest request, ConnectRequest.Device device, Peer peer) {
        long asOf = pairing.withdrawals();
        Optional<Role> role =
                Stream.of(request.auth().deviceToken(), request.auth().token())
                        .filter(token -> !token.isEmpty())
                        .distinct()
                        .flatMap(t -> pairing.shown(device.id(), request.role(), t).stream())
                        .findFirst();
        return role.map(
                shown -> {
                    List<Scope> scopes = Scope.known(request.scopes());
                    Applicant applicant = applicant(request, device, scopes, peer);
                    return OperatorScopes.missing(shown.scopes(), applicant.scopes()).isPresent()
                            ? Decision.Refused.policy(beyond(device.id()))
                            : admit(request, applicant, peer, Grant.BY_DEVICE_TOKEN, asOf);
                });
    }

    /** Whether nothing has been withdrawn since a decision was begun. */
    boolean isCurrent(long asOf) {
        return pairing.withdrawals() == asOf;
    }

    private Decision admit(
            ConnectRequest request, Applicant applicant, Peer peer, String method, long asOf) {
        return switch (pairing.admit(applicant, peer.isDirectLoopback())) {
            case Admission.Admitted(var token, var issuedAtMs) -> {
                List<Scope> scopes = Scope.known(applicant.scopes());
                Grant grant = Grant.of(applicant.role(), scopes, method, request.client());
                yield new Decision.Granted(
                        grant, Optional.of(new Decision.Issued(token, issuedAtMs)), asOf);
            }
            case Admission.Waiting(var reason, var device) -> waiting(request, reason, device);
        };
    }

    private static Applicant applicant(
            ConnectRequest request, ConnectRequest.Device device, List<Scope> scopes, Peer peer) {
        Grant.Client client = request.client();
        return new Applicant(
                device.id(),
                DeviceProof.canonical(device.publicKey()),
                new Looks(
                        client.platform(),
                        client.deviceFamily(),
                        client.id(),
                        client.mode(),
                        client.displayName(),
                        peer.address().getHostAddress()),
                request.role(),
                scopes.stream().map(Scope::wireName).toList());
    }

    private static WireError beyond(String deviceId) {
        return AccessPolicy.unauthorized(
                        "device token scope mismatch (re-pair or approve scope upgrade)",
                        "AUTH_SCOPE_MISMATCH",
                        "scope_mismatch",
                        "review_auth_configuration")
                .with(
                        "remediationHint",
                        "The gateway's own token asks for more; then: evergate devices list")
                .with("deviceId", deviceId);
    }

    private static Decision waiting(
            ConnectRequest request, Admission.Reason reason, Device device) {
        Device.Request asked = device.request().orElseThrow();
        WireError error =
                WireError.of(WireError.NOT_PAIRED, "pairing required: " + why(reason))
                        .with("code", "PAIRING_REQUIRED")
                        .with("reason", name(reason))
                        .with("requestId", asked.id())
                        .with(
                                "remediationHint",
                                hint(reason) + " Command: evergate devices approve " + asked.id())
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
        return Decision.Refused.policy(error, closing);
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
