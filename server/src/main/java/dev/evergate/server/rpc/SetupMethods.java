package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Auth.Mode;
import dev.evergate.core.device.Pairing;
import dev.evergate.core.device.SetupCodes;
import dev.evergate.core.device.SetupCodes.Access;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Approval;
import dev.evergate.core.journal.SetupCode;
import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.wire.Params;

import tools.jackson.core.JsonGenerator;

import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * {@code device.pair.setupCode}, {@code device.pair.setupStatus} and {@code
 * device.pair.setupRevoke}: codes that let one device in each (protocol v4 "Device tokens").
 *
 * <p>A code allows less than OpenClaw's does when nothing is said: whoever photographs it from a
 * screen shall not administer the gateway.
 */
final class SetupMethods {
    private static final int SETUP_ID_CHARS_MAX = 128;

    private final SetupCodes codes;
    private final Pairing pairing;
    private final Services services;

    SetupMethods(Services services) {
        this.services = services;
        this.pairing = services.gateway().pairing();
        this.codes = pairing.setupCodes();
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("device.pair.setupCode", Scope.ADMIN, this::issue),
                Method.blocking("device.pair.setupStatus", Scope.ADMIN, this::status)
                        .audited(Auditing.NEVER),
                Method.blocking("device.pair.setupRevoke", Scope.ADMIN, this::revoke));
    }

    private void issue(Call call) {
        Params params = call.params();
        ConfigSnapshot.Gateway config = call.gateway().config().gateway();
        Access access = access(params);
        SetupAddress address =
                SetupAddress.of(params.optionalText("publicUrl", SetupAddress.CHARS_MAX), config);
        SetupCodes.Issued issued = codes.issue(access);
        String auth = config.auth().mode() == Mode.PASSWORD ? "password" : "token";
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("setupId", issued.id());
                    out.writeStringProperty("setupCode", packed(address, issued));
                    out.writeStringProperty("gatewayUrl", address.url());
                    out.writeStringProperty("auth", auth);
                    out.writeStringProperty("urlSource", address.source());
                    out.writeStringProperty("access", access.wireName());
                    out.writeNumberProperty("expiresAtMs", issued.expiresAtMs());
                    out.writeEndObject();
                });
    }

    private static Access access(Params params) {
        String wanted = params.optionalText("bootstrapProfile").orElse(Access.LIMITED.wireName());
        for (Access access : Access.values()) {
            if (access.wireName().equals(wanted)) {
                return access;
            }
        }
        throw new EvergateException(
                ErrorCode.INVALID_REQUEST,
                "bootstrapProfile is \"%s\" (expected: limited or node)".formatted(wanted));
    }

    /** As clients read it: where to connect, and with what. */
    private String packed(SetupAddress address, SetupCodes.Issued issued) {
        byte[] json =
                services.json()
                        .encode(
                                out -> {
                                    out.writeStartObject();
                                    out.writeStringProperty("url", address.url());
                                    out.writeStringProperty(
                                            "bootstrapToken", issued.code().reveal());
                                    out.writeEndObject();
                                });
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json);
    }

    private void status(Call call) {
        Optional<SetupCode> used =
                codes.find(call.params().text("setupId", SETUP_ID_CHARS_MAX))
                        .filter(SetupCode::isUsed);
        Optional<Device> device = used.flatMap(code -> pairing.find(code.usedBy()));
        call.answer(
                out -> {
                    out.writeStartObject();
                    used.ifPresent(code -> completion(out, code, device));
                    out.writeEndObject();
                });
    }

    private static void completion(JsonGenerator out, SetupCode code, Optional<Device> device) {
        out.writeObjectPropertyStart("completion");
        out.writeStringProperty("setupId", code.id());
        out.writeStringProperty("deviceId", code.usedBy());
        device.flatMap(Device::approval)
                .map(Approval::looks)
                .map(Device.Looks::displayName)
                .filter(name -> !name.isEmpty())
                .ifPresent(name -> out.writeStringProperty("deviceName", name));
        out.writeStringProperty("access", code.access());
        out.writeNumberProperty("ts", code.usedAtMs());
        out.writeEndObject();
    }

    private void revoke(Call call) {
        String id = call.params().text("setupId", SETUP_ID_CHARS_MAX);
        if (!codes.revoke(id)) {
            throw new EvergateException(ErrorCode.NOT_FOUND, "unknown setupId");
        }
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("setupId", id);
                    out.writeEndObject();
                });
    }
}
