package dev.evergate.store;

import dev.evergate.core.journal.Devices;
import dev.evergate.core.journal.SetupCode;

import java.sql.SQLException;
import java.util.List;

/**
 * Codes that let devices in: the part of {@link DeviceTable} that a store before schema 5, which a
 * successor only reads, does not have. Stateless.
 */
final class SetupCodeTable {
    private static final int SCHEMA = 5;

    private static final String LIST =
            """
            SELECT setup_id, code_hash, access, issued_at_ms, expires_at_ms, used_by, used_at_ms
            FROM setup_codes
            ORDER BY rowid DESC
            """;

    private static final String INSERT = "INSERT INTO setup_codes VALUES (?, ?, ?, ?, ?, ?, ?)";

    private static final String USE =
            """
            UPDATE setup_codes
            SET used_by = ?, used_at_ms = ?
            WHERE setup_id = ? AND used_by = ''
            """;

    private static final String FORGET = "DELETE FROM setup_codes WHERE setup_id = ?";

    private static final String FORGET_TOO_MANY =
            """
            DELETE FROM setup_codes
            WHERE setup_id NOT IN (SELECT setup_id FROM setup_codes ORDER BY rowid DESC LIMIT %d)
            """
                    .formatted(Devices.SETUP_CODES_KEPT);

    List<SetupCode> list(StoreConnection c) throws SQLException {
        return Migrations.schema(c) < SCHEMA ? List.of() : c.list(LIST, SetupCodeTable::code);
    }

    void keep(StoreConnection c, SetupCode code) throws SQLException {
        int _ =
                c.update(
                        INSERT,
                        code.id(),
                        code.hash(),
                        code.access(),
                        code.issuedAtMs(),
                        code.expiresAtMs(),
                        code.usedBy(),
                        code.usedAtMs());
        int _ = c.update(FORGET_TOO_MANY);
    }

    /** Whether the code was there and had not been used. */
    boolean use(StoreConnection c, SetupCode used) throws SQLException {
        return c.update(USE, used.usedBy(), used.usedAtMs(), used.id()) == 1;
    }

    boolean forget(StoreConnection c, String id) throws SQLException {
        return c.update(FORGET, id) == 1;
    }

    private static SetupCode code(Row row) throws SQLException {
        return new SetupCode(
                row.text(),
                row.text(),
                row.text(),
                row.number(),
                row.number(),
                row.text(),
                row.number());
    }
}
