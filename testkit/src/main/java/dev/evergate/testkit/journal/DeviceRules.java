package dev.evergate.testkit.journal;

import static dev.evergate.testkit.journal.JournalContract.assertRefused;
import static dev.evergate.testkit.journal.Samples.NOW_MS;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Approval;
import dev.evergate.core.journal.Device.Looks;
import dev.evergate.core.journal.Device.Request;
import dev.evergate.core.journal.Device.Role;
import dev.evergate.core.journal.Devices;
import dev.evergate.core.journal.Devices.Changed;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Node;
import dev.evergate.core.journal.Node.Offer;
import dev.evergate.core.journal.Node.Wish;
import dev.evergate.core.journal.SetupCode;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The rules of {@link Devices}. */
abstract class DeviceRules {
    private static final Looks LOOKS =
            new Looks("linux", "Linux", "cli", "cli", "a name with blanks", "203.0.113.9");

    abstract JournalContract fixture();

    @Test
    void keepsADeviceWithEverythingItMayAndWantsAcrossLives() {
        Epoch epoch = fixture().takeLease(1);
        Device device = allowed("a", Approval.OWNER, 7).with(Optional.of(wish("r1", 9)));

        Changed changed = devices().change(epoch, unknown("a"), _ -> device);
        fixture().reopen();

        assertThat(changed.before().isKnown()).isFalse();
        assertThat(changed.after()).isEqualTo(device);
        assertThat(devices().find("a")).contains(device);
        assertThat(devices().find("b")).isEmpty();
        assertThat(devices().list()).containsExactly(device);
    }

    @Test
    void keepsWhatADeviceIsCalledAndWhatItMayDoAsANode() {
        Epoch epoch = fixture().takeLease(1);
        Offer allowed = new Offer(List.of("camera"), List.of("camera.list", "camera.snap"));
        Wish wish = new Wish("w1", new Offer(List.of(), List.of("system.run")), NOW_MS + 3);
        Node node = new Node(allowed, NOW_MS, Optional.of(wish), "1.2", NOW_MS + 2);
        Device device = allowed("a", Approval.OWNER, 7).named("the hall").with(node);
        put(epoch, device);
        put(epoch, allowed("b", Approval.OWNER, 7).with(Node.NEW));

        fixture().reopen();

        assertThat(devices().find("a")).contains(device);
        assertThat(devices().find("b").flatMap(Device::node)).contains(Node.NEW);
        Changed _ = devices().change(epoch, device, known -> known.without("node"));
        assertThat(devices().find("a")).contains(device.without("node"));
        assertThat(device.without("node").node()).isEmpty();
        put(epoch, unknown("a"));
        put(epoch, allowed("a", Approval.OWNER, 7));
        assertThat(devices().find("a").orElseThrow().label()).as("forgotten with it").isEmpty();
    }

    @Test
    void changesADeviceAsItIsNow() {
        Epoch epoch = fixture().takeLease(1);
        put(epoch, allowed("a", Approval.SILENT, 7));

        Changed changed = devices().change(epoch, unknown("a"), device -> device.seenAt(99));

        assertThat(changed.before()).isEqualTo(allowed("a", Approval.SILENT, 7));
        assertThat(devices().find("a")).contains(allowed("a", Approval.SILENT, 99));
        assertThat(devices().list()).hasSize(1);
    }

    @Test
    void twoChangesAtOnceLoseNothing() {
        Epoch epoch = fixture().takeLease(1);
        put(epoch, allowed("a", Approval.SILENT, 7));
        List<Supplier<Changed>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String role = "role-" + i;
            calls.add(() -> devices().change(epoch, unknown("a"), device -> plus(device, role)));
        }

        assertThat(fixture().allAtOnce(calls)).hasSize(8);

        assertThat(devices().find("a").orElseThrow().roles())
                .extracting(Role::name)
                .contains("role-0", "role-3", "role-7")
                .hasSize(10);
    }

    @Test
    void forgetsADeviceThatMayNothingAndWantsNothing() {
        Epoch epoch = fixture().takeLease(1);
        put(epoch, allowed("a", Approval.OWNER, 7).with(Optional.of(wish("r1", 9))));

        put(epoch, unknown("a"));

        assertThat(devices().find("a")).isEmpty();
        assertThat(devices().list()).isEmpty();
    }

    @Test
    void listsThoseThatWereAllowedFirstAndThenThoseThatOnlyAsk() {
        Epoch epoch = fixture().takeLease(1);
        put(epoch, unknown("asks").with(Optional.of(wish("r1", 1))));
        put(epoch, allowed("may", Approval.OWNER, 7));

        assertThat(devices().list()).extracting(Device::id).containsExactly("may", "asks");
    }

    @Test
    void keepsTheNewestRequestsAndThoseWhomAPersonHasAllowed() {
        Epoch epoch = fixture().takeLease(1);
        put(epoch, allowed("owner", Approval.OWNER, 0));
        List<Supplier<Changed>> calls = new ArrayList<>();
        IntStream.rangeClosed(1, Devices.REQUESTS_KEPT + 2)
                .forEach(
                        i ->
                                calls.add(
                                        () ->
                                                put(
                                                        epoch,
                                                        unknown("asks-" + i)
                                                                .with(Optional.of(wish("r", i))))));
        IntStream.rangeClosed(1, Devices.KEPT + 1)
                .forEach(i -> calls.add(() -> put(epoch, allowed("may-" + i, Approval.SILENT, i))));

        List<Changed> _ = fixture().allAtOnce(calls);

        assertThat(devices().find("owner")).isPresent();
        assertThat(devices().find("may-1")).isEmpty();
        assertThat(devices().find("may-2")).isEmpty();
        assertThat(devices().find("may-3")).isPresent();
        assertThat(devices().find("asks-2")).isEmpty();
        assertThat(devices().find("asks-3")).isPresent();
        assertThat(devices().list()).hasSize(Devices.KEPT + Devices.REQUESTS_KEPT);
    }

    @Test
    @Tag("I8")
    void writesOnlyUnderTheGatewayLease() {
        Epoch old = fixture().takeLease(1);
        Epoch _ = fixture().takeLease(2);

        assertRefused(ErrorCode.FENCED, () -> put(old, allowed("a", Approval.OWNER, 7)));
        assertRefused(ErrorCode.FENCED, () -> devices().keep(old, code("s1")));
        assertRefused(ErrorCode.FENCED, () -> redeem(old, "a"));
        assertThat(devices().find("a")).isEmpty();
        assertThat(devices().setupCodes()).isEmpty();
    }

    @Test
    void keepsTheNewestSetupCodesAcrossLives() {
        Epoch epoch = fixture().takeLease(1);
        for (int i = 0; i < Devices.SETUP_CODES_KEPT + 2; i++) {
            devices().keep(epoch, code("s" + i));
        }
        fixture().reopen();

        assertThat(devices().setupCodes())
                .hasSize(Devices.SETUP_CODES_KEPT)
                .startsWith(code("s33"), code("s32"))
                .endsWith(code("s2"));
        assertThat(devices().forgetSetupCode(epoch, "s9")).isTrue();
        assertThat(devices().forgetSetupCode(epoch, "s9")).isFalse();
        assertThat(devices().setupCodes()).doesNotContain(code("s9"));
    }

    @Test
    @Tag("S8")
    void aSetupCodeChangesOneDeviceOnce() {
        Epoch epoch = fixture().takeLease(1);
        devices().keep(epoch, code("s1"));
        List<Supplier<Optional<Changed>>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String id = "device-" + i;
            calls.add(() -> redeem(epoch, id));
        }

        List<Optional<Changed>> ends = fixture().allAtOnce(calls);

        assertThat(ends.stream().filter(Optional::isPresent)).hasSize(1);
        assertThat(devices().list()).hasSize(1);
        SetupCode used = devices().setupCodes().getFirst();
        assertThat(used.usedBy()).isEqualTo(devices().list().getFirst().id());
        assertThat(used.usedAtMs()).isEqualTo(NOW_MS + 5);
        assertThat(redeem(epoch, used.usedBy())).as("not even by the same device").isEmpty();
        boolean _ = devices().forgetSetupCode(epoch, "s1");
        assertThat(redeem(epoch, "another")).as("one that is not there").isEmpty();
        assertThat(devices().list()).hasSize(1);
    }

    private Optional<Changed> redeem(Epoch epoch, String deviceId) {
        return devices()
                .redeem(
                        epoch,
                        code("s1").usedBy(deviceId, NOW_MS + 5),
                        unknown(deviceId),
                        _ -> allowed(deviceId, Approval.SETUP_CODE, 7));
    }

    private static SetupCode code(String id) {
        return new SetupCode(id, "hash-" + id, "limited", NOW_MS, NOW_MS + 600_000);
    }

    @Test
    void hasOneKeyForAllItsLives() {
        List<Supplier<String>> calls = List.of(this::key, this::key, this::key, this::key);
        List<String> keys = fixture().allAtOnce(calls);
        fixture().reopen();

        assertThat(keys).containsOnly(key());
        assertThat(key()).hasSizeGreaterThan(16);
    }

    private String key() {
        return devices().key().reveal();
    }

    private Changed put(Epoch epoch, Device device) {
        return devices().change(epoch, unknown(device.id()), _ -> device);
    }

    private static Device plus(Device device, String role) {
        List<Role> roles = new ArrayList<>(device.roles());
        roles.add(new Role(role, List.of(), "salt", "hash", NOW_MS));
        return device.with(device.approval().orElseThrow().with(roles));
    }

    private static Device unknown(String id) {
        return Device.unknown(id, "key-" + id);
    }

    private static Request wish(String id, long agoMs) {
        List<String> scopes = List.of("operator.read", "operator.admin");
        return new Request(id, LOOKS, "operator", scopes, NOW_MS + agoMs);
    }

    private static Device allowed(String id, String via, long lastSeenMs) {
        List<Role> roles =
                List.of(
                        new Role("node", List.of(), "salt-1", "hash-1", NOW_MS),
                        new Role(
                                "operator",
                                List.of("operator.read", "operator.write"),
                                "salt-2",
                                "hash-2",
                                NOW_MS + 1));
        return unknown(id).with(new Approval(LOOKS, via, NOW_MS, NOW_MS + 1, lastSeenMs, roles));
    }

    private Devices devices() {
        return fixture().journal().devices();
    }
}
