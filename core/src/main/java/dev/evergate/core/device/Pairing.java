package dev.evergate.core.device;

import dev.evergate.api.Secret;
import dev.evergate.core.device.Admission.Reason;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Approval;
import dev.evergate.core.journal.Device.Request;
import dev.evergate.core.journal.Device.Role;
import dev.evergate.core.journal.Devices;
import dev.evergate.core.journal.Devices.Changed;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Who of the devices may connect, and as what. Everything it allows is in the journal before it is
 * told, so that it holds for every generation.
 *
 * <p>Thread-safe. Methods block on the store unless they say otherwise; errors are {@link
 * EvergateException}, {@code UNAVAILABLE} means: try again.
 */
public final class Pairing {
    /** A request that nobody has answered for so long has to be made again. */
    public static final long REQUEST_MS = 3_600_000;

    /** When a device was last here is kept to the minute. */
    private static final long SEEN_MS = 60_000;

    private static final Logger log = LoggerFactory.getLogger(Pairing.class);

    private final World world;
    private final Devices devices;
    private final Writing writing;
    private final Consumer<DeviceEvent> events;
    private final NodeOffers nodes;
    private final SetupCodes setupCodes;
    private final AtomicLong withdrawals = new AtomicLong();

    /** Whether somebody may ask for what has not been allowed. */
    public interface Pace {
        /** How long to wait with one more request, in milliseconds; 0 counts it. Does not block. */
        long oneMore();
    }

    /** Does what needs the gateway lease. */
    public interface Writing {
        <T> T write(Function<Epoch, T> work);
    }

    /**
     * @param events is told what happened, before the method returns; must not block
     */
    public Pairing(World world, Devices devices, Writing writing, Consumer<DeviceEvent> events) {
        this.world = world;
        this.devices = devices;
        this.writing = writing;
        this.events = events;
        this.nodes = new NodeOffers(world, this::change, devices, events);
        this.setupCodes = new SetupCodes(world, devices, writing, this::allowance, events);
    }

    /** Codes that let devices in which nobody has seen yet. */
    public SetupCodes setupCodes() {
        return setupCodes;
    }

    /** What those that come as nodes may be asked for. */
    public NodeOffers nodes() {
        return nodes;
    }

    /** Counts what was withdrawn, here or before in another generation. Does not block. */
    public void heard(DeviceEvent event) {
        if (event instanceof DeviceEvent.Withdrawn) {
            long _ = withdrawals.incrementAndGet();
        }
    }

    /** How often something was withdrawn: what was decided at another number may not hold. */
    public long withdrawals() {
        return withdrawals.get();
    }

    /**
     * Decides about a device that has proven its key and shown a credential. What has been allowed
     * before is allowed again, with the same token.
     *
     * @param isLocal whether it comes from this machine: then it is allowed what it wants at once,
     *     and gets a new token if that is more than before
     * @param pace of requests from where it comes from; asked only if this is a new one
     */
    public Admission admit(Applicant applicant, boolean isLocal, Pace pace) {
        Device known = devices.find(applicant.deviceId()).orElseGet(() -> unknown(applicant));
        boolean isAllowed = lacking(known, applicant).isEmpty();
        Optional<Admission> again = isAllowed ? admitted(known, applicant) : Optional.empty();
        if (again.isPresent()) {
            seen(known);
            return again.get();
        }
        return isAllowed || isLocal ? allow(applicant) : ask(known, applicant, pace);
    }

    private static Device unknown(Applicant applicant) {
        return Device.unknown(applicant.deviceId(), applicant.publicKey());
    }

    /** What has not been allowed of what somebody wants; empty if all has. */
    private static Optional<Reason> lacking(Device device, Applicant applicant) {
        if (device.approval().isEmpty()) {
            return Optional.of(Reason.NOT_PAIRED);
        }
        Optional<Role> role = device.role(applicant.role());
        if (role.isEmpty()) {
            return Optional.of(Reason.ROLE_UPGRADE);
        }
        if (OperatorScopes.missing(role.get().scopes(), applicant.scopes()).isPresent()) {
            return Optional.of(Reason.SCOPE_UPGRADE);
        }
        Device.Looks allowed = device.approval().get().looks();
        boolean isSame =
                allowed.platform().equals(applicant.looks().platform())
                        && isSameIfKnown(allowed.family(), applicant.looks().family());
        return isSame ? Optional.empty() : Optional.of(Reason.METADATA_UPGRADE);
    }

    private static boolean isSameIfKnown(String one, String other) {
        return one.isEmpty() || other.isEmpty() || one.equals(other);
    }

    /** Empty if its token was made with a key that is lost. */
    private Optional<Admission> admitted(Device device, Applicant applicant) {
        Role role = device.role(applicant.role()).orElseThrow();
        Secret token = TokenMint.token(devices.key(), device.id(), role);
        return token.isPresent()
                ? Optional.of(new Admission.Admitted(token, role.issuedAtMs(), List.of()))
                : Optional.empty();
    }

    /** Notes that a device was here; nothing depends on it. Does not block. */
    private void seen(Device device) {
        long nowMs = world.time().wallMillis();
        long seenMs = device.approval().map(Approval::lastSeenAtMs).orElse(nowMs);
        if (nowMs - seenMs >= SEEN_MS) {
            world.tasks().start("device seen", () -> noteSeen(device, nowMs));
        }
    }

    private void noteSeen(Device device, long nowMs) {
        try {
            Changed _ = change(device, known -> known.seenAt(nowMs));
        } catch (EvergateException e) {
            log.debug("That {} was here is not noted: {}", device.id(), e.getMessage());
        }
    }

    private Changed change(Device orElse, UnaryOperator<Device> change) {
        return writing.write(epoch -> devices.change(epoch, orElse, change));
    }

    private Allowance allowance() {
        return new Allowance(devices.key(), world.ids().token(), world.time().wallMillis());
    }

    private Admission allow(Applicant applicant) {
        Allowance allowance = allowance();
        Changed changed = change(unknown(applicant), device -> allowance.silent(device, applicant));
        if (!changed.before().roles().equals(changed.after().roles())) {
            log.info(
                    "Allowed device {} ({}) the role {}",
                    applicant.deviceId(),
                    applicant.looks().clientId(),
                    applicant.role());
            events.accept(resolved(world.ids().next(), applicant.deviceId(), true));
        }
        return admitted(changed.after(), applicant).orElseThrow();
    }

    private Admission ask(Device known, Applicant applicant, Pace pace) {
        String requestId = world.ids().next();
        long nowMs = world.time().wallMillis();
        boolean isNew = !asking(known, applicant, requestId, nowMs).equals(known);
        long waitMs = isNew ? pace.oneMore() : 0;
        if (waitMs > 0) {
            return deferred(known, applicant, nowMs, waitMs);
        }
        Changed changed =
                change(unknown(applicant), device -> asking(device, applicant, requestId, nowMs));
        Device device = changed.after();
        Optional<Reason> reason = lacking(device, applicant);
        if (reason.isEmpty()) {
            return admit(applicant, false, pace); // somebody has just allowed it
        }
        if (device.request().filter(asked -> asked.id().equals(requestId)).isPresent()) {
            changed.before()
                    .request()
                    .ifPresent(old -> events.accept(resolved(old.id(), device.id(), false)));
            log.info(
                    "Device {} at {} wants the role {}; to allow it: evergate devices approve {}",
                    device.id(),
                    applicant.looks().remoteIp(),
                    applicant.role(),
                    requestId);
            events.accept(new DeviceEvent.Requested(device));
        }
        return new Admission.Waiting(reason.get(), device);
    }

    /** What it asked for before stands. */
    private static Admission deferred(Device known, Applicant applicant, long nowMs, long waitMs) {
        boolean isAsking = known.request().filter(old -> isCurrent(old, nowMs)).isPresent();
        return isAsking
                ? new Admission.Waiting(lacking(known, applicant).orElseThrow(), known)
                : new Admission.Deferred(waitMs);
    }

    /** The same wish is one request, however often it is made. */
    private static Device asking(Device device, Applicant applicant, String requestId, long nowMs) {
        var asked =
                new Request(
                        requestId, applicant.looks(), applicant.role(), applicant.scopes(), nowMs);
        boolean isAsked =
                device.request()
                        .filter(old -> isCurrent(old, nowMs) && old.wants(asked))
                        .isPresent();
        return isAsked || lacking(device, applicant).isEmpty()
                ? device
                : device.with(Optional.of(asked));
    }

    private static boolean isCurrent(Request request, long nowMs) {
        return nowMs - request.askedAtMs() < REQUEST_MS;
    }

    private DeviceEvent.Resolved resolved(String requestId, String deviceId, boolean isApproved) {
        return new DeviceEvent.Resolved(requestId, deviceId, isApproved, world.time().wallMillis());
    }

    /**
     * The role whose token a device shows; empty if it is no token of that role. Takes the same
     * time whether the device is unknown, has lost the role, or shows the wrong token.
     */
    public Optional<Role> shown(String deviceId, String role, String token) {
        Optional<Role> known = devices.find(deviceId).flatMap(device -> device.role(role));
        boolean isRight = TokenMint.isOf(known.orElse(TokenMint.NOBODYS), token);
        return known.filter(_ -> isRight);
    }

    /** The role whose token somebody shows who does not say which device it is of. */
    public Optional<Role> holder(String role, String token) {
        return devices.list().stream()
                .flatMap(device -> device.role(role).stream())
                .filter(known -> TokenMint.isOf(known, token))
                .findFirst();
    }

    /** Every device that may do something or asks for it. */
    public List<Device> list() {
        long nowMs = world.time().wallMillis();
        return devices.list().stream()
                .map(device -> device.with(device.request().filter(r -> isCurrent(r, nowMs))))
                .filter(Device::isKnown)
                .toList();
    }

    public Optional<Device> find(String deviceId) {
        return devices.find(deviceId);
    }

    /** The device that made this request; empty if there is no such request (any more). */
    public Optional<Device> asking(String requestId) {
        return list().stream()
                .filter(
                        device ->
                                device.request().filter(r -> r.id().equals(requestId)).isPresent())
                .findFirst();
    }

    /** Allows what a device has asked for; empty if there is no such request. */
    public Optional<Device> approve(String requestId) {
        Allowance allowance = allowance();
        return answer(requestId, true, allowance::owner);
    }

    /** Refuses it; empty if there is no such request. */
    public Optional<Device> reject(String requestId) {
        return answer(requestId, false, (device, _) -> device.with(Optional.empty()));
    }

    private Optional<Device> answer(
            String requestId, boolean isApproved, BiFunction<Device, Request, Device> answer) {
        UnaryOperator<Device> change =
                device ->
                        device.request()
                                .filter(request -> request.id().equals(requestId))
                                .map(request -> answer.apply(device, request))
                                .orElse(device);
        Optional<Changed> answered =
                asking(requestId)
                        .map(found -> change(found, change))
                        .filter(changed -> !changed.after().equals(changed.before()));
        answered.ifPresent(
                changed -> events.accept(resolved(requestId, changed.after().id(), isApproved)));
        return answered.map(Changed::after);
    }

    /** A new token. */
    public record Rotated(Role role, Secret token) {}

    /**
     * Replaces the token of a role; what was connected with the old one ends.
     *
     * @param scopes what the role is narrowed to; empty to leave it as it is. Never widens: if it
     *     has been narrowed further meanwhile, nothing changes
     * @param told is told of the new token before connections end; not called if there is no such
     *     device or role
     * @return whether there is
     */
    public boolean rotate(
            String deviceId, String role, Optional<List<String>> scopes, Consumer<Rotated> told) {
        Allowance allowance = allowance();
        Changed changed =
                change(
                        Device.unknown(deviceId, ""),
                        device ->
                                device.role(role)
                                        .filter(old -> isWithin(old, scopes))
                                        .map(old -> allowance.renewed(device, old, scopes))
                                        .orElse(device));
        boolean isRenewed = !changed.after().equals(changed.before());
        Optional<Role> renewed = changed.after().role(role).filter(_ -> isRenewed);
        renewed.ifPresent(
                fresh ->
                        withdraw(
                                deviceId,
                                role,
                                "client invalidated: device-token-rotated",
                                () -> told.accept(rotated(deviceId, fresh))));
        return renewed.isPresent();
    }

    private static boolean isWithin(Role role, Optional<List<String>> scopes) {
        return OperatorScopes.missing(role.scopes(), scopes.orElse(role.scopes())).isEmpty();
    }

    private Rotated rotated(String deviceId, Role role) {
        return new Rotated(role, TokenMint.token(devices.key(), deviceId, role));
    }

    /**
     * Gives a device a name that counts more than its own.
     *
     * @return the device; empty if it has not been allowed anything
     */
    public Optional<Device> rename(String deviceId, String label) {
        UnaryOperator<Device> change =
                device -> device.approval().isPresent() ? device.named(label) : device;
        Device after = change(Device.unknown(deviceId, ""), change).after();
        return Optional.of(after).filter(device -> device.approval().isPresent());
    }

    /**
     * Takes a role back; connections in it end.
     *
     * @param told is run before; not called if there is no such device or role
     * @return whether there is
     */
    public boolean revoke(String deviceId, String role, Runnable told) {
        Changed changed = change(Device.unknown(deviceId, ""), device -> device.without(role));
        boolean isThere = changed.before().role(role).isPresent();
        if (isThere) {
            withdraw(deviceId, role, "client invalidated: device-token-revoked", told);
            nodes.forgotten(changed);
        }
        return isThere;
    }

    /**
     * Forgets a device and its request; its connections end.
     *
     * @param told is run before; not called if there is no such device
     * @return whether there is
     */
    public boolean remove(String deviceId, Runnable told) {
        Changed changed =
                change(
                        Device.unknown(deviceId, ""),
                        device -> Device.unknown(deviceId, device.publicKey()));
        boolean isThere = changed.before().isKnown();
        if (isThere) {
            withdraw(deviceId, "", "device removed", told);
            nodes.forgotten(changed);
        }
        return isThere;
    }

    private void withdraw(String deviceId, String role, String reason, Runnable told) {
        log.info("Device {}: {}", deviceId, reason);
        try {
            told.run();
        } finally {
            events.accept(new DeviceEvent.Withdrawn(deviceId, role, reason));
        }
    }
}
