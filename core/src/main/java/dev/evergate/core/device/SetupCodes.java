package dev.evergate.core.device;

import dev.evergate.api.Secret;
import dev.evergate.core.device.Admission.Admitted;
import dev.evergate.core.device.Admission.Handed;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Role;
import dev.evergate.core.journal.Devices;
import dev.evergate.core.journal.Devices.Changed;
import dev.evergate.core.journal.Node;
import dev.evergate.core.journal.SetupCode;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Codes that let a device in from elsewhere without anybody approving it there and then. A code is
 * good for one device and a few minutes. The device that has used it may show it again while that
 * lasts, because it may not have heard the answer; it gets what it was given and nothing that was
 * decided since.
 *
 * <p>Thread-safe. Methods block on the store; errors are {@link EvergateException}, {@code
 * UNAVAILABLE} means: try again.
 */
public final class SetupCodes {
    /** How long a code lets a device in (protocol v4 "Device tokens"). */
    public static final long VALID_MS = 600_000;

    private static final Logger log = LoggerFactory.getLogger(SetupCodes.class);

    private final World world;
    private final Devices devices;
    private final Pairing.Writing writing;
    private final Supplier<Allowance> allowance;
    private final Consumer<DeviceEvent> events;

    SetupCodes(
            World world,
            Devices devices,
            Pairing.Writing writing,
            Supplier<Allowance> allowance,
            Consumer<DeviceEvent> events) {
        this.world = world;
        this.devices = devices;
        this.writing = writing;
        this.allowance = allowance;
        this.events = events;
    }

    /** What a code allows. Never to pair others, and never everything. */
    public enum Access {
        /** To be a node, and to use the gateway as a person does. */
        LIMITED("limited"),
        /** To be a node. */
        NODE("node");

        private static final List<String> OF_A_PERSON =
                List.of(
                        "operator.approvals",
                        "operator.read",
                        "operator.talk.secrets",
                        "operator.write");

        private final String wireName;

        Access(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }

        /** Scopes by the roles it allows. */
        private Map<String, List<String>> roles() {
            return switch (this) {
                case LIMITED -> Map.of(Node.ROLE, List.of(), "operator", OF_A_PERSON);
                case NODE -> Map.of(Node.ROLE, List.of());
            };
        }

        private static Optional<Access> of(SetupCode code) {
            for (Access access : values()) {
                if (access.wireName.equals(code.access())) {
                    return Optional.of(access);
                }
            }
            return Optional.empty();
        }

        private boolean covers(Applicant applicant) {
            List<String> scopes = roles().get(applicant.role());
            return scopes != null && OperatorScopes.missing(scopes, applicant.scopes()).isEmpty();
        }
    }

    /** A new code, which nobody can be told again. */
    public record Issued(String id, Secret code, long expiresAtMs) {}

    /** Makes a code. */
    public Issued issue(Access access) {
        Secret code = Secret.of(world.ids().token());
        String id = world.ids().next();
        long nowMs = world.time().wallMillis();
        var kept =
                new SetupCode(
                        id,
                        TokenMint.hash(code.reveal()),
                        access.wireName(),
                        nowMs,
                        nowMs + VALID_MS);
        boolean _ =
                writing.write(
                        epoch -> {
                            devices.keep(epoch, kept);
                            return true;
                        });
        log.info("Made setup code {} ({})", id, access.wireName());
        return new Issued(id, code, kept.expiresAtMs());
    }

    /** What became of a code; empty if it is not known (any more). */
    public Optional<SetupCode> find(String id) {
        return devices.setupCodes().stream().filter(code -> code.id().equals(id)).findFirst();
    }

    /** Takes a code back; false if it is not known. The device it has let in stays. */
    public boolean revoke(String id) {
        boolean wasThere = writing.write(epoch -> devices.forgetSetupCode(epoch, id));
        if (wasThere) {
            log.info("Setup code {} was taken back", id);
        }
        return wasThere;
    }

    /**
     * Lets a device in that has proven its key and shows a code; empty if the code does not allow
     * that, for whatever reason.
     */
    public Optional<Admitted> redeem(Applicant applicant, String shown) {
        Optional<SetupCode> code = valid(shown).filter(it -> isCovered(it, applicant));
        if (code.isEmpty()) {
            return Optional.empty();
        }
        Optional<Admitted> first =
                code.filter(it -> !it.isUsed()).flatMap(it -> use(it, applicant));
        return first.isPresent() ? first : valid(shown).flatMap(it -> again(it, applicant));
    }

    private static boolean isCovered(SetupCode code, Applicant applicant) {
        return Access.of(code).filter(access -> access.covers(applicant)).isPresent();
    }

    /** The code that is shown, unless its time is over; compares with each in the same time. */
    private Optional<SetupCode> valid(String shown) {
        long nowMs = world.time().wallMillis();
        String hash = TokenMint.hash(shown);
        return devices.setupCodes().stream()
                .filter(code -> TokenMint.isSame(code.hash(), hash))
                .filter(code -> code.issuedAtMs() <= nowMs && nowMs < code.expiresAtMs())
                .findFirst();
    }

    /** Empty if another device was faster. */
    private Optional<Admitted> use(SetupCode code, Applicant applicant) {
        Allowance given = allowance.get();
        Map<String, List<String>> roles = Access.of(code).orElseThrow().roles();
        SetupCode used = code.usedBy(applicant.deviceId(), given.nowMs());
        Device unknown = Device.unknown(applicant.deviceId(), applicant.publicKey());
        Optional<Changed> changed =
                writing.write(
                        epoch ->
                                devices.redeem(
                                        epoch,
                                        used,
                                        unknown,
                                        device -> given.invited(device, applicant, roles)));
        changed.ifPresent(
                _ -> {
                    log.info("Setup code {} let device {} in", code.id(), applicant.deviceId());
                    events.accept(
                            new DeviceEvent.Resolved(
                                    code.id(), applicant.deviceId(), true, given.nowMs()));
                });
        return changed.flatMap(it -> handed(it.after(), applicant, used));
    }

    private Optional<Admitted> again(SetupCode code, Applicant applicant) {
        return Optional.of(code)
                .filter(it -> it.usedBy().equals(applicant.deviceId()))
                .flatMap(it -> devices.find(it.usedBy()))
                .flatMap(device -> handed(device, applicant, code));
    }

    /** The tokens that a code has given, unless they have been taken back or replaced since. */
    private Optional<Admitted> handed(Device device, Applicant applicant, SetupCode code) {
        Map<String, List<String>> roles = Access.of(code).orElseThrow().roles();
        List<Handed> all =
                device.roles().stream()
                        .filter(role -> roles.containsKey(role.name()))
                        .filter(role -> role.issuedAtMs() <= code.usedAtMs())
                        .map(role -> handed(device, role))
                        .filter(handed -> handed.token().isPresent())
                        .toList();
        return all.stream()
                .filter(handed -> handed.role().equals(applicant.role()))
                .findFirst()
                .map(
                        own ->
                                new Admitted(
                                        own.token(),
                                        own.issuedAtMs(),
                                        all.stream().filter(other -> !other.equals(own)).toList()));
    }

    private Handed handed(Device device, Role role) {
        Secret token = TokenMint.token(devices.key(), device.id(), role);
        return new Handed(role.name(), role.scopes(), token, role.issuedAtMs());
    }
}
