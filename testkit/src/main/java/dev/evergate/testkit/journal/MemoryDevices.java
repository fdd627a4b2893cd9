package dev.evergate.testkit.journal;

import dev.evergate.api.Secret;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Approval;
import dev.evergate.core.journal.Device.Request;
import dev.evergate.core.journal.Devices;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.SetupCode;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The devices of a {@link MemoryJournal}. */
record MemoryDevices(MemoryJournal journal) implements Devices {
    private static final Comparator<Device> BY_AGE =
            Comparator.comparing((Device device) -> device.approval().isEmpty())
                    .thenComparing(
                            device -> device.approval().map(Approval::createdAtMs).orElse(0L))
                    .thenComparing(device -> device.request().map(Request::askedAtMs).orElse(0L))
                    .thenComparing(Device::id);

    @Override
    public Optional<Device> find(String deviceId) {
        return journal.atomically(() -> Optional.ofNullable(devices().get(deviceId)));
    }

    @Override
    public List<Device> list() {
        return journal.atomically(() -> devices().values().stream().sorted(BY_AGE).toList());
    }

    @Override
    public Changed change(Epoch epoch, Device orElse, UnaryOperator<Device> change) {
        return journal.atomically(
                () -> {
                    journal.disk().require(epoch);
                    return changed(orElse, change);
                });
    }

    private Changed changed(Device orElse, UnaryOperator<Device> change) {
        Device before = devices().getOrDefault(orElse.id(), orElse);
        Device after = change.apply(before);
        keep(after);
        forgetTooMany();
        return new Changed(before, after);
    }

    @Override
    public void keep(Epoch epoch, SetupCode code) {
        boolean _ =
                journal.atomically(
                        () -> {
                            journal.disk().require(epoch);
                            codes().put(code.id(), code);
                            if (codes().size() > SETUP_CODES_KEPT) {
                                codes().remove(codes().keySet().iterator().next());
                            }
                            return true;
                        });
    }

    @Override
    public List<SetupCode> setupCodes() {
        return journal.atomically(() -> List.copyOf(codes().values()).reversed());
    }

    @Override
    public boolean forgetSetupCode(Epoch epoch, String id) {
        return journal.atomically(
                () -> {
                    journal.disk().require(epoch);
                    return codes().remove(id) != null;
                });
    }

    @Override
    public Optional<Changed> redeem(
            Epoch epoch, SetupCode used, Device orElse, UnaryOperator<Device> change) {
        return journal.atomically(
                () -> {
                    journal.disk().require(epoch);
                    SetupCode code = codes().get(used.id());
                    if (code == null || code.isUsed()) {
                        return Optional.empty();
                    }
                    codes().put(used.id(), used);
                    return Optional.of(changed(orElse, change));
                });
    }

    private void keep(Device device) {
        if (device.isKnown()) {
            devices().put(device.id(), device);
        } else {
            devices().remove(device.id());
        }
    }

    private void forgetTooMany() {
        devices().values().stream()
                .filter(device -> device.approval().isPresent())
                .sorted(
                        Comparator.comparing((Device device) -> isSilent(device))
                                .thenComparing(MemoryDevices::lastSeenMs, Comparator.reverseOrder())
                                .thenComparing(Device::id))
                .skip(KEPT)
                .toList()
                .forEach(
                        device ->
                                keep(
                                        Device.unknown(device.id(), device.publicKey())
                                                .with(device.request())));
        devices().values().stream()
                .filter(device -> device.request().isPresent())
                .sorted(
                        Comparator.comparing(MemoryDevices::askedMs, Comparator.reverseOrder())
                                .thenComparing(Device::id))
                .skip(REQUESTS_KEPT)
                .toList()
                .forEach(device -> keep(device.with(Optional.empty())));
    }

    private static boolean isSilent(Device device) {
        return device.approval().filter(a -> a.via().equals(Approval.SILENT)).isPresent();
    }

    private static long lastSeenMs(Device device) {
        return device.approval().map(Approval::lastSeenAtMs).orElse(0L);
    }

    private static long askedMs(Device device) {
        return device.request().map(Request::askedAtMs).orElse(0L);
    }

    @Override
    public Secret key() {
        return Secret.of("the-key-of-this-disk");
    }

    private Map<String, SetupCode> codes() {
        return journal.disk().setupCodes;
    }

    private Map<String, Device> devices() {
        return journal.disk().devices;
    }
}
