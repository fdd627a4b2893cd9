package dev.evergate.store;

import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Node;
import dev.evergate.core.journal.Node.Offer;
import dev.evergate.core.journal.Node.Wish;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * What people call devices and what those may do as nodes: the part of {@link DeviceTable} that a
 * store before schema 4, which a successor only reads, does not have. Stateless.
 */
final class NodeTable {
    private static final int SCHEMA = 4;

    private static final String LABEL = "SELECT label FROM device_labels WHERE device_id = ?";

    private static final String INSERT_LABEL = "INSERT INTO device_labels VALUES (?, ?)";

    private static final String NODE =
            """
            SELECT caps, commands, allowed_at_ms, asked_id, asked_caps, asked_commands, asked_at_ms,
                version, connected_at_ms
            FROM nodes
            WHERE device_id = ?
            """;

    private static final String INSERT_NODE =
            "INSERT INTO nodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final List<String> FORGET =
            List.of(
                    "DELETE FROM device_labels WHERE device_id = ?",
                    "DELETE FROM nodes WHERE device_id = ?");

    Device addTo(StoreConnection c, Device bare) throws SQLException {
        if (Migrations.schema(c) < SCHEMA) {
            return bare;
        }
        String label = c.first(LABEL, Row::text, bare.id()).orElse("");
        Optional<Node> node = c.first(NODE, NodeTable::node, bare.id());
        Device named = bare.named(label);
        return node.map(named::with).orElse(named);
    }

    void forget(StoreConnection c, String deviceId) throws SQLException {
        for (String sql : FORGET) {
            int _ = c.update(sql, deviceId);
        }
    }

    void insert(StoreConnection c, Device device) throws SQLException {
        if (!device.label().isEmpty()) {
            int _ = c.update(INSERT_LABEL, device.id(), device.label());
        }
        if (device.node().isPresent()) {
            insert(c, device.id(), device.node().get());
        }
    }

    private static void insert(StoreConnection c, String deviceId, Node node) throws SQLException {
        Optional<Offer> asked = node.wish().map(Wish::offer);
        int _ =
                c.update(
                        INSERT_NODE,
                        deviceId,
                        String.join(" ", node.allowed().caps()),
                        String.join(" ", node.allowed().commands()),
                        node.allowedAtMs(),
                        node.wish().map(Wish::id).orElse(""),
                        String.join(" ", asked.map(Offer::caps).orElse(List.of())),
                        String.join(" ", asked.map(Offer::commands).orElse(List.of())),
                        node.wish().map(Wish::askedAtMs).orElse(0L),
                        node.version(),
                        node.connectedAtMs());
    }

    private static Node node(Row row) throws SQLException {
        Offer allowed = offer(row);
        long allowedAtMs = row.number();
        String askedId = row.text();
        Wish wish = new Wish(askedId, offer(row), row.number());
        return new Node(
                allowed,
                allowedAtMs,
                Optional.of(wish).filter(_ -> !askedId.isEmpty()),
                row.text(),
                row.number());
    }

    private static Offer offer(Row row) throws SQLException {
        return new Offer(DeviceTable.words(row), DeviceTable.words(row));
    }
}
