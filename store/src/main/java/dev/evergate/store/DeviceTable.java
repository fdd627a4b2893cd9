package dev.evergate.store;

import dev.evergate.api.Secret;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Device.Approval;
import dev.evergate.core.journal.Device.Looks;
import dev.evergate.core.journal.Device.Request;
import dev.evergate.core.journal.Device.Role;
import dev.evergate.core.journal.Devices;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.SetupCode;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The devices; a store before schema 3, which a successor only reads, has none. Thread-safe. */
final class DeviceTable implements Devices {
    private static final int SCHEMA = 3;

    private static final String SELECT_DEVICES =
            """
            SELECT device_id, public_key, platform, family, client_id, client_mode, display_name,
                remote_ip, via, created_at_ms, approved_at_ms, last_seen_at_ms
            FROM devices
            """;

    private static final String SELECT_REQUESTS =
            """
            SELECT device_id, public_key, request_id, platform, family, client_id, client_mode,
                display_name, remote_ip, role, scopes, asked_at_ms
            FROM device_requests
            """;

    private static final String ROLES =
            """
            SELECT role, scopes, token_salt, token_hash, issued_at_ms
            FROM device_roles
            WHERE device_id = ?
            ORDER BY role
            """;

    private static final String ONE = "WHERE device_id = ?";

    private static final String INSERT_DEVICE =
            "INSERT INTO devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final String INSERT_ROLE = "INSERT INTO device_roles VALUES (?, ?, ?, ?, ?, ?)";

    private static final String INSERT_REQUEST =
            "INSERT INTO device_requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final String FORGET_REQUEST = "DELETE FROM device_requests " + ONE;

    /** Roles go first: they refer to their device. */
    private static final List<String> FORGET_DEVICE =
            List.of("DELETE FROM device_roles " + ONE, "DELETE FROM devices " + ONE);

    private final NodeTable nodes = new NodeTable();
    private final SetupCodeTable codes = new SetupCodeTable();

    private static final String DEVICES_TOO_MANY =
            """
            SELECT device_id
            FROM devices
            ORDER BY via = 'silent', last_seen_at_ms DESC, device_id
            LIMIT -1 OFFSET
            """
                    + KEPT;

    private static final String REQUESTS_TOO_MANY =
            """
            SELECT device_id
            FROM device_requests
            ORDER BY asked_at_ms DESC, device_id
            LIMIT -1 OFFSET
            """
                    + REQUESTS_KEPT;

    private final SqlStore store;
    private final LeaseTable leases;
    private final TokenKey key;

    DeviceTable(SqlStore store, LeaseTable leases, TokenKey key) {
        this.store = store;
        this.leases = leases;
        this.key = key;
    }

    @Override
    public Secret key() {
        return key.get();
    }

    @Override
    public Optional<Device> find(String deviceId) {
        return store.read(
                c -> Migrations.schema(c) < SCHEMA ? Optional.empty() : find(c, deviceId));
    }

    @Override
    public List<Device> list() {
        return store.read(c -> Migrations.schema(c) < SCHEMA ? List.of() : all(c));
    }

    @Override
    public Changed change(Epoch epoch, Device orElse, UnaryOperator<Device> change) {
        return store.write(
                c -> {
                    leases.require(c, epoch);
                    return change(c, orElse, change);
                });
    }

    private Changed change(StoreConnection c, Device orElse, UnaryOperator<Device> change)
            throws SQLException {
        Device before = find(c, orElse.id()).orElse(orElse);
        Device after = change.apply(before);
        if (!after.equals(before)) {
            replace(c, after);
            forgetTooMany(c);
        }
        return new Changed(before, after);
    }

    @Override
    public void keep(Epoch epoch, SetupCode code) {
        boolean _ =
                store.write(
                        c -> {
                            leases.require(c, epoch);
                            codes.keep(c, code);
                            return true;
                        });
    }

    @Override
    public List<SetupCode> setupCodes() {
        return store.read(codes::list);
    }

    @Override
    public boolean forgetSetupCode(Epoch epoch, String id) {
        return store.write(
                c -> {
                    leases.require(c, epoch);
                    return codes.forget(c, id);
                });
    }

    @Override
    public Optional<Changed> redeem(
            Epoch epoch, SetupCode used, Device orElse, UnaryOperator<Device> change) {
        return store.write(
                c -> {
                    leases.require(c, epoch);
                    return codes.use(c, used)
                            ? Optional.of(change(c, orElse, change))
                            : Optional.empty();
                });
    }

    private Optional<Device> find(StoreConnection c, String deviceId) throws SQLException {
        Optional<Device> allowed = c.first(SELECT_DEVICES + ONE, DeviceTable::device, deviceId);
        Optional<Device> asking = c.first(SELECT_REQUESTS + ONE, DeviceTable::asking, deviceId);
        return allowed.isEmpty()
                ? asking
                : Optional.of(whole(c, allowed.get()).with(asking.flatMap(Device::request)));
    }

    private List<Device> all(StoreConnection c) throws SQLException {
        Map<String, Device> devices = new LinkedHashMap<>();
        for (Device bare :
                c.list(SELECT_DEVICES + "ORDER BY created_at_ms, device_id", DeviceTable::device)) {
            devices.put(bare.id(), whole(c, bare));
        }
        c.list(SELECT_REQUESTS + "ORDER BY asked_at_ms, device_id", DeviceTable::asking)
                .forEach(
                        asking ->
                                devices.merge(
                                        asking.id(),
                                        asking,
                                        (allowed, asks) -> allowed.with(asks.request())));
        return new ArrayList<>(devices.values());
    }

    private Device whole(StoreConnection c, Device bare) throws SQLException {
        Approval approval = bare.approval().orElseThrow();
        List<Role> roles = c.list(ROLES, DeviceTable::role, bare.id());
        return nodes.addTo(c, bare.with(approval.with(roles)));
    }

    private void replace(StoreConnection c, Device device) throws SQLException {
        forget(c, device.id());
        int _ = c.update(FORGET_REQUEST, device.id());
        if (device.approval().isPresent()) {
            insert(c, device, device.approval().get());
        }
        if (device.request().isPresent()) {
            insert(c, device, device.request().get());
        }
    }

    private void forget(StoreConnection c, String deviceId) throws SQLException {
        for (String sql : FORGET_DEVICE) {
            int _ = c.update(sql, deviceId);
        }
        nodes.forget(c, deviceId);
    }

    private void forgetTooMany(StoreConnection c) throws SQLException {
        for (String deviceId : c.list(DEVICES_TOO_MANY, Row::text)) {
            forget(c, deviceId);
        }
        for (String deviceId : c.list(REQUESTS_TOO_MANY, Row::text)) {
            int _ = c.update(FORGET_REQUEST, deviceId);
        }
    }

    private void insert(StoreConnection c, Device device, Approval approval) throws SQLException {
        Looks looks = approval.looks();
        int _ =
                c.update(
                        INSERT_DEVICE,
                        device.id(),
                        device.publicKey(),
                        looks.platform(),
                        looks.family(),
                        looks.clientId(),
                        looks.clientMode(),
                        looks.displayName(),
                        looks.remoteIp(),
                        approval.via(),
                        approval.createdAtMs(),
                        approval.approvedAtMs(),
                        approval.lastSeenAtMs());
        for (Role role : approval.roles()) {
            int _ =
                    c.update(
                            INSERT_ROLE,
                            device.id(),
                            role.name(),
                            String.join(" ", role.scopes()),
                            role.tokenSalt(),
                            role.tokenHash(),
                            role.issuedAtMs());
        }
        nodes.insert(c, device);
    }

    private static void insert(StoreConnection c, Device device, Request request)
            throws SQLException {
        Looks looks = request.looks();
        int _ =
                c.update(
                        INSERT_REQUEST,
                        device.id(),
                        device.publicKey(),
                        request.id(),
                        looks.platform(),
                        looks.family(),
                        looks.clientId(),
                        looks.clientMode(),
                        looks.displayName(),
                        looks.remoteIp(),
                        request.role(),
                        String.join(" ", request.scopes()),
                        request.askedAtMs());
    }

    /** Without its roles. */
    private static Device device(Row row) throws SQLException {
        Device unknown = Device.unknown(row.text(), row.text());
        Looks looks = looks(row);
        return unknown.with(
                new Approval(
                        looks, row.text(), row.number(), row.number(), row.number(), List.of()));
    }

    private static Device asking(Row row) throws SQLException {
        Device unknown = Device.unknown(row.text(), row.text());
        String requestId = row.text();
        Looks looks = looks(row);
        String role = row.text();
        return unknown.with(
                Optional.of(new Request(requestId, looks, role, words(row), row.number())));
    }

    private static Role role(Row row) throws SQLException {
        return new Role(row.text(), words(row), row.text(), row.text(), row.number());
    }

    private static Looks looks(Row row) throws SQLException {
        return new Looks(row.text(), row.text(), row.text(), row.text(), row.text(), row.text());
    }

    /** Names without blanks. */
    static List<String> words(Row row) throws SQLException {
        String joined = row.text();
        return joined.isEmpty() ? List.of() : List.of(joined.split(" "));
    }
}
