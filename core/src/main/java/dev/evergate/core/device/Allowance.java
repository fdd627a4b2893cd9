package dev.evergate.core.device;

import dev.evergate.api.Secret;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Approval;
import dev.evergate.core.journal.Device.Looks;
import dev.evergate.core.journal.Device.Request;
import dev.evergate.core.journal.Device.Role;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes devices into what they are allowed to be.
 *
 * @param key tokens are made with
 * @param salt of the token that is issued, if one is
 * @param nowMs wall clock
 */
record Allowance(Secret key, String salt, long nowMs) {
    /** What the shared secret allows. */
    Device silent(Device device, Applicant applicant) {
        String via = device.approval().map(Approval::via).orElse(Approval.SILENT);
        return allowed(device, applicant.looks(), via, applicant.role(), applicant.scopes());
    }

    /** What a person allows. */
    Device owner(Device device, Request request) {
        return allowed(device, request.looks(), Approval.OWNER, request.role(), request.scopes());
    }

    /** What a setup code allows. */
    Device invited(Device device, Applicant applicant, Map<String, List<String>> roles) {
        String via =
                device.approval()
                        .map(Approval::via)
                        .filter(Approval.OWNER::equals)
                        .orElse(Approval.SETUP_CODE);
        Device allowed = device;
        for (var role : roles.entrySet()) {
            allowed = allowed(allowed, applicant.looks(), via, role.getKey(), role.getValue());
        }
        return allowed;
    }

    /** The same role with a new token, and with these scopes if some are given. */
    Device renewed(Device device, Role old, Optional<List<String>> scopes) {
        Role role = issued(device, old.name(), scopes.orElse(old.scopes()));
        return device.with(device.approval().orElseThrow().with(replaced(device, role)));
    }

    private Device allowed(
            Device device, Looks looks, String via, String roleName, List<String> scopes) {
        Optional<Role> before = device.role(roleName);
        List<String> allowedScopes =
                OperatorScopes.union(before.map(Role::scopes).orElse(List.of()), scopes);
        Role role =
                before.filter(old -> isEnough(device, old, scopes))
                        .orElseGet(() -> issued(device, roleName, allowedScopes));
        var approval =
                new Approval(
                        looks,
                        via,
                        device.approval().map(Approval::createdAtMs).orElse(nowMs),
                        nowMs,
                        nowMs,
                        replaced(device, role));
        return device.with(approval)
                .with(device.request().filter(asked -> !isAnswered(asked, role)));
    }

    /** Whether the token that is there will do. */
    private boolean isEnough(Device device, Role role, List<String> scopes) {
        return OperatorScopes.missing(role.scopes(), scopes).isEmpty()
                && TokenMint.token(key, device.id(), role).isPresent();
    }

    private static boolean isAnswered(Request asked, Role role) {
        return asked.role().equals(role.name())
                && OperatorScopes.missing(role.scopes(), asked.scopes()).isEmpty();
    }

    private Role issued(Device device, String role, List<String> scopes) {
        return TokenMint.issue(key, device.id(), role, scopes, salt, nowMs);
    }

    private static List<Role> replaced(Device device, Role role) {
        Stream<Role> others =
                device.roles().stream().filter(old -> !old.name().equals(role.name()));
        return Stream.concat(others, Stream.of(role)).toList();
    }
}
