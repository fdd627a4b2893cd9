package dev.evergate.store;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.journal.Restarts;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The restarts; a store of schema 1, which a successor only reads, has none. Thread-safe. */
final class RestartTable implements Restarts {
    private static final int SCHEMA = 2;

    private static final int KEPT = 200;

    private static final String ADD =
            """
            INSERT INTO restarts (generation, from_generation, cause, result, why,
                requested_at_ms, total_ms)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String ADD_FIELD =
            "INSERT INTO restart_fields (generation, name, value) VALUES (?, ?, ?)";

    private static final String SELECT =
            """
            SELECT generation, from_generation, cause, result, why, requested_at_ms, total_ms
            FROM restarts
            """;

    private static final String NEWEST = SELECT + "ORDER BY generation DESC LIMIT ?";
    private static final String FIND = SELECT + "WHERE generation = ?";

    private static final String FIELDS =
            "SELECT name, value FROM restart_fields WHERE generation = ?";

    /** Fields go first: they refer to their report. */
    private static final List<String> FORGET =
            List.of(
                    "DELETE FROM restart_fields WHERE generation = ?",
                    "DELETE FROM restarts WHERE generation = ?");

    private static final String TOO_OLD =
            "SELECT generation FROM restarts ORDER BY generation DESC LIMIT -1 OFFSET " + KEPT;

    private final SqlStore store;

    RestartTable(SqlStore store) {
        this.store = store;
    }

    @Override
    public void add(RestartReport report) {
        int _ =
                store.write(
                        c -> {
                            if (Migrations.schema(c) < SCHEMA) {
                                throw new EvergateException(
                                        ErrorCode.UNAVAILABLE,
                                        "The store has no place for restart reports before this"
                                                + " generation holds the lease: try again");
                            }
                            forget(c, report.generation());
                            insert(c, report);
                            List<Long> tooOld = c.list(TOO_OLD, Row::number);
                            for (long generation : tooOld) {
                                forget(c, generation);
                            }
                            return tooOld.size();
                        });
    }

    @Override
    public List<RestartReport> newest(int limit) {
        return store.read(c -> reports(c, NEWEST, limit));
    }

    @Override
    public Optional<RestartReport> find(long generation) {
        return store.read(c -> reports(c, FIND, generation)).stream().findFirst();
    }

    private static void insert(StoreConnection c, RestartReport report) throws SQLException {
        int _ =
                c.update(
                        ADD,
                        report.generation(),
                        report.from(),
                        report.cause(),
                        report.result(),
                        report.why(),
                        report.requestedAtMs(),
                        report.totalMs());
        for (Map.Entry<String, String> field : report.fields().entrySet()) {
            int _ = c.update(ADD_FIELD, report.generation(), field.getKey(), field.getValue());
        }
    }

    private static void forget(StoreConnection c, long generation) throws SQLException {
        for (String sql : FORGET) {
            int _ = c.update(sql, generation);
        }
    }

    private static List<RestartReport> reports(StoreConnection c, String sql, long value)
            throws SQLException {
        if (Migrations.schema(c) < SCHEMA) {
            return List.of();
        }
        List<RestartReport> reports = new ArrayList<>();
        for (RestartReport bare : c.list(sql, RestartTable::bare, value)) {
            Map<String, String> fields = new TreeMap<>();
            int _ =
                    c.list(FIELDS, row -> fields.put(row.text(), row.text()), bare.generation())
                            .size();
            reports.add(
                    new RestartReport(
                            bare.generation(),
                            bare.from(),
                            bare.cause(),
                            bare.result(),
                            bare.why(),
                            bare.requestedAtMs(),
                            bare.totalMs(),
                            fields));
        }
        return reports;
    }

    private static RestartReport bare(Row row) throws SQLException {
        return new RestartReport(
                row.number(),
                row.number(),
                row.text(),
                row.text(),
                row.text(),
                row.number(),
                row.number(),
                Map.of());
    }
}
