package dev.evergate.server.rpc;

import dev.evergate.core.device.OperatorScopes;
import dev.evergate.core.device.Pairing;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Role;
import dev.evergate.server.access.Grant;
import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.wire.DeviceShapes;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.WireError;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code device.pair.*} and {@code device.token.*} (protocol v4 "Pairing flow").
 *
 * <p>Nobody gives away more than they have: without admin, only operators' scopes that the caller
 * has itself can be approved or put under a token, and a caller that came in with a device token
 * sees and changes its own device alone.
 */
final class DeviceMethods {
    private static final int LABEL_CHARS_MAX = 64;

    private final Pairing pairing;
    private final Services services;

    DeviceMethods(Services services) {
        this.services = services;
        this.pairing = services.gateway().pairing();
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("device.pair.list", Scope.PAIRING, this::list)
                        .audited(Auditing.NEVER),
                Method.blocking("device.pair.approve", Scope.PAIRING, this::approve),
                Method.blocking("device.pair.reject", Scope.PAIRING, this::reject),
                Method.blocking("device.pair.remove", Scope.PAIRING, this::remove),
                Method.blocking("device.pair.rename", Scope.PAIRING, this::rename),
                Method.blocking("device.token.rotate", Scope.PAIRING, this::rotate),
                Method.blocking("device.token.revoke", Scope.PAIRING, this::revoke));
    }

    private void list(Call call) {
        List<Device> visible =
                pairing.list().stream().filter(device -> isOpenTo(call, device.id())).toList();
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeArrayPropertyStart("pending");
                    visible.stream()
                            .filter(device -> device.request().isPresent())
                            .forEach(device -> DeviceShapes.request(out, device));
                    out.writeEndArray();
                    out.writeArrayPropertyStart("paired");
                    visible.stream()
                            .filter(device -> device.approval().isPresent())
                            .forEach(device -> DeviceShapes.paired(out, device));
                    out.writeEndArray();
                    out.writeEndObject();
                });
    }

    private void approve(Call call) {
        String requestId = call.params().text("requestId");
        Device asking = pairing.asking(requestId).orElseThrow(DeviceMethods::unknownRequest);
        Device.Request asked = asking.request().orElseThrow();
        Optional<WireError> denied =
                denied(call, "device pairing approval denied", asking.id(), asked.role())
                        .or(() -> ofItself(call, "device pairing approval denied", asking.id()))
                        .or(() -> beyond(call, asked.scopes()));
        if (denied.isPresent()) {
            call.fail(denied.get());
            return;
        }
        Device device = pairing.approve(requestId).orElseThrow(DeviceMethods::unknownRequest);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("requestId", requestId);
                    out.writeName("device");
                    DeviceShapes.paired(out, device);
                    out.writeEndObject();
                });
    }

    private void reject(Call call) {
        String requestId = call.params().text("requestId");
        Device device = pairing.asking(requestId).orElseThrow(DeviceMethods::unknownRequest);
        if (!isOpenTo(call, device.id())) {
            call.fail(denial("device pairing rejection denied"));
            return;
        }
        Device _ = pairing.reject(requestId).orElseThrow(DeviceMethods::unknownRequest);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("requestId", requestId);
                    out.writeStringProperty("deviceId", device.id());
                    out.writeEndObject();
                });
    }

    private void remove(Call call) {
        String deviceId = call.params().text("deviceId");
        Optional<WireError> denied =
                roles(deviceId)
                        .flatMap(
                                role ->
                                        denied(
                                                call,
                                                "device pairing removal denied",
                                                deviceId,
                                                role)
                                                .stream())
                        .findFirst();
        if (denied.isPresent()) {
            call.fail(denied.get());
        } else if (!pairing.remove(deviceId, () -> call.answer(out -> removed(out, deviceId)))) {
            throw new EvergateException(ErrorCode.NOT_FOUND, "unknown deviceId");
        }
    }

    private void rename(Call call) {
        String deviceId = call.params().text("deviceId");
        String label = call.params().text("label", LABEL_CHARS_MAX).strip();
        if (label.isEmpty()) {
            throw new EvergateException(ErrorCode.INVALID_REQUEST, "label required");
        }
        if (!isOpenTo(call, deviceId)) {
            call.fail(denial("device rename denied"));
            return;
        }
        Device _ =
                pairing.rename(deviceId, label)
                        .orElseThrow(
                                () ->
                                        new EvergateException(
                                                ErrorCode.NOT_FOUND, "unknown deviceId"));
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("deviceId", deviceId);
                    out.writeStringProperty("label", label);
                    out.writeEndObject();
                });
    }

    /** At least one, so that a device that is not there is denied like any other. */
    private Stream<String> roles(String deviceId) {
        return Stream.concat(
                Stream.of(Grant.OPERATOR),
                pairing.find(deviceId).stream()
                        .flatMap(device -> device.roles().stream())
                        .map(Role::name));
    }

    private static void removed(JsonGenerator out, String deviceId) {
        out.writeStartObject();
        out.writeStringProperty("deviceId", deviceId);
        out.writeEndObject();
    }

    private void rotate(Call call) {
        Params params = call.params();
        String deviceId = params.text("deviceId");
        String role = params.text("role");
        List<String> before =
                pairing.find(deviceId)
                        .flatMap(device -> device.role(role))
                        .map(Role::scopes)
                        .orElse(List.of());
        Optional<List<String>> narrowed =
                params.has("scopes") ? Optional.of(params.texts("scopes")) : Optional.empty();
        List<String> wanted = narrowed.orElse(before);
        Optional<WireError> denied =
                denied(call, "device token rotation denied", deviceId, role)
                        .or(() -> beyond(call, wanted));
        if (denied.isPresent()) {
            call.fail(denied.get());
            return;
        }
        OperatorScopes.missing(before, wanted)
                .ifPresent(
                        scope -> {
                            throw new EvergateException(
                                    ErrorCode.INVALID_REQUEST,
                                    "device token rotation denied: %s was not approved for %s"
                                            .formatted(scope, role));
                        });
        boolean isOwn = call.grant().client().deviceId().equals(deviceId) && isByToken(call);
        boolean isDone =
                pairing.rotate(
                        deviceId,
                        role,
                        narrowed,
                        rotated -> call.answer(out -> rotated(out, deviceId, rotated, isOwn)));
        if (!isDone) {
            throw unknownRole(role);
        }
    }

    /** The token itself goes to nobody but the device it is for. */
    private static void rotated(
            JsonGenerator out, String deviceId, Pairing.Rotated rotated, boolean isOwn) {
        out.writeStartObject();
        out.writeStringProperty("deviceId", deviceId);
        out.writeStringProperty("role", rotated.role().name());
        if (isOwn) {
            out.writeStringProperty("token", rotated.token().reveal());
        }
        DeviceShapes.texts(out, "scopes", rotated.role().scopes());
        out.writeNumberProperty("rotatedAtMs", rotated.role().issuedAtMs());
        out.writeStringProperty("tokenDelivery", isOwn ? "in-band" : "withheld-cross-device");
        out.writeEndObject();
    }

    private void revoke(Call call) {
        String deviceId = call.params().text("deviceId");
        String role = call.params().text("role");
        Optional<WireError> denied = denied(call, "device token revocation denied", deviceId, role);
        if (denied.isPresent()) {
            call.fail(denied.get());
            return;
        }
        Runnable answer =
                () ->
                        call.answer(
                                out -> {
                                    out.writeStartObject();
                                    out.writeStringProperty("deviceId", deviceId);
                                    out.writeStringProperty("role", role);
                                    out.writeNumberProperty("revokedAtMs", services.nowMs());
                                    out.writeEndObject();
                                });
        if (!pairing.revoke(deviceId, role, answer)) {
            throw unknownRole(role);
        }
    }

    /** Why a caller may not decide about this device in this role; empty if it may. */
    private static Optional<WireError> denied(
            Call call, String message, String deviceId, String role) {
        boolean isAllowed =
                call.grant().allows(Scope.ADMIN)
                        || (isOpenTo(call, deviceId) && role.equals(Grant.OPERATOR));
        return isAllowed ? Optional.empty() : Optional.of(denial(message));
    }

    /** What a device asks for, somebody else allows. */
    static Optional<WireError> ofItself(Call call, String message, String deviceId) {
        boolean isOwn = call.grant().client().deviceId().equals(deviceId);
        return isOwn && !call.grant().allows(Scope.ADMIN)
                ? Optional.of(adminOnly(message + ": a device's own request takes scope "))
                : Optional.empty();
    }

    static WireError denial(String message) {
        return adminOnly(message + ": another device, or a role other than operator, takes scope ");
    }

    private static WireError adminOnly(String message) {
        return WireError.of(WireError.FORBIDDEN, message + OperatorScopes.ADMIN)
                .with("code", "MISSING_SCOPE")
                .with("missingScope", OperatorScopes.ADMIN)
                .with("requiredScopes", List.of(OperatorScopes.ADMIN));
    }

    /** What a caller would give away without having it. */
    static Optional<WireError> beyond(Call call, List<String> scopes) {
        return OperatorScopes.missing(call.grant().scopes(), scopes).map(WireError::missingScope);
    }

    /** Whether a caller may see and name this device. */
    static boolean isOpenTo(Call call, String deviceId) {
        return call.grant().isOver(deviceId);
    }

    private static boolean isByToken(Call call) {
        return call.grant().method().equals(Grant.BY_DEVICE_TOKEN);
    }

    private static EvergateException unknownRequest() {
        return new EvergateException(ErrorCode.NOT_FOUND, "unknown requestId");
    }

    private static EvergateException unknownRole(String role) {
        return new EvergateException(
                ErrorCode.NOT_FOUND, "unknown deviceId, or not paired in the role " + role);
    }
}
