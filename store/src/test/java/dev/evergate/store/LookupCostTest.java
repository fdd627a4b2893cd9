package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Leases.Holder;
import dev.evergate.core.journal.Outbox;
import dev.evergate.core.journal.Sessions.Query;
import dev.evergate.core.time.RealWorld;
import dev.evergate.core.time.World;
import dev.evergate.testkit.journal.Samples;
import dev.evergate.testkit.time.FairWatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Work is proportional to what is asked for, not to what is stored. */
@Tag("I31")
final class LookupCostTest {
    private static final String FILL =
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
            """;

    private final RealWorld world = new RealWorld(new FaultHandler());

    @TempDir private Path data;

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void opensAndAnswersQuicklyWithAHundredThousandSessions() {
        try (SqlStore store = SqlStore.open(data, world)) {
            fill(store);
        }

        FairWatch watch = FairWatch.start();
        try (SqlStore store = SqlStore.open(data, world)) {
            assertThat(store.inbox().pending()).isEmpty();
            assertThat(store.sessions().page("agent:main:500", 50, 0).rows()).hasSize(1);
            assertThat(store.sessions().list(new Query(50, 0, "", "")).total()).isEqualTo(100_000);

            assertThat(watch.ms()).isLessThan(500);
        }
    }

    @Test
    void readsNoTableFromEndToEnd() {
        Set<String> statements = new ConcurrentSkipListSet<>();
        var dialect = new RecordingDialect(world, statements);
        try (var store = SqlStore.open(data, world, dialect, Migrations.OURS, 10_000)) {
            useEverything(store);

            assertThat(statements).hasSizeGreaterThan(25);
            for (String sql : statements) {
                assertThat(plan(store, sql)).as(sql).noneMatch(LookupCostTest::isCostly);
            }
        }
    }

    @Test
    void sumsWhatWasUsedWithoutReadingWhatWasSaid() {
        try (SqlStore store = SqlStore.open(data, world)) {
            assertThat(plan(store, UsageTable.SUMS))
                    .anyMatch(step -> step.contains("COVERING INDEX transcript_usage"));
        }
    }

    @Test
    void wouldNoticeATableThatIsReadFromEndToEnd() {
        try (SqlStore store = SqlStore.open(data, world)) {
            String costly = "SELECT text FROM inbox WHERE message_id = ? ORDER BY text";

            assertThat(plan(store, costly)).anyMatch(LookupCostTest::isCostly);
        }
    }

    private static boolean isCostly(String step) {
        return (step.startsWith("SCAN") && !step.contains("INDEX")) || step.contains("TEMP B-TREE");
    }

    private static List<String> plan(SqlStore store, String sql) {
        Row.Reader<String> detail =
                row -> {
                    for (int skipped = 0; skipped < 3; skipped++) {
                        long _ = row.number();
                    }
                    return row.text();
                };
        return store.write(c -> c.list("EXPLAIN QUERY PLAN " + sql, detail));
    }

    private static void useEverything(SqlStore store) {
        store.leases().take(new Holder("i", 1), _ -> true);
        Epoch epoch = new Epoch(1);
        var message = Samples.accepted(store.inbox().accept(Samples.message("k1", "main")));
        store.inbox().accept(Samples.message("k1", "main"));
        store.turns().begin(epoch, Samples.beginning(message, "w1"));
        store.turns().begin(epoch, Samples.beginning(message, "w1"));
        store.turns().checkpoint(epoch, "k1", "h");
        store.turns().finish(epoch, Samples.done("k1", "hello"));
        store.turns().reply("k1");
        store.inbox().pending();
        store.inbox().findByRun("k1");
        store.outbox().due(1, 1);
        store.sessions().reset(epoch, Samples.session("main", "w2"));
        store.sessions().page("main", 1, 0);
        store.sessions().after("w1", 0, 1);
        store.sessions().list(new Query(1, 0, "", ""));
        store.sessions().list(new Query(1, 0, "", "main"));
        store.sessions().delete(epoch, "main");
        int _ = store.prune(epoch, Long.MAX_VALUE);
        store.proveWritable();
        store.leases().release(epoch);
        assertThat(store.outbox().due(1, 1)).extracting(Outbox.Delivery::state).isEmpty();
    }

    private static void fill(SqlStore store) {
        List<String> tables =
                List.of(
                        """
                        INSERT INTO windows SELECT 'w' || i, 'agent:main:' || i, 0, 0 FROM n
                        """,
                        """
                        INSERT INTO sessions (session_key, session_id, agent_id, label, search_text,
                            created_at_ms, updated_at_ms, changed, input_tokens, output_tokens,
                            preview)
                        SELECT 'agent:main:' || i, 'w' || i, 'main', '', 'agent:main:' || i,
                            i, i, i, 0, 0, 'hello'
                        FROM n
                        """);
        for (String table : tables) {
            int _ = store.write(c -> c.update(FILL + table));
        }
        Epoch epoch = new Epoch(1);
        store.leases().take(new Holder("i", 1), _ -> true);
        store.sessions()
                .append(epoch, Samples.session("agent:main:500", "w"), Samples.reply("r", "hi"));
    }

    /** SQLite that remembers what it was asked. */
    private static final class RecordingDialect extends SqliteDialect {
        private final Set<String> statements;

        private RecordingDialect(World world, Set<String> statements) {
            super(world);
            this.statements = statements;
        }

        @Override
        Connection open(Path file, Purpose purpose) throws SQLException {
            Connection connection = super.open(file, purpose);
            return (Connection)
                    Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {Connection.class},
                            (_, method, arguments) -> {
                                if (method.getName().equals("prepareStatement")
                                        && isQueryOrChange((String) arguments[0])) {
                                    statements.add((String) arguments[0]);
                                }
                                try {
                                    return method.invoke(connection, arguments);
                                } catch (InvocationTargetException e) {
                                    throw e.getCause();
                                }
                            });
        }

        private static boolean isQueryOrChange(String sql) {
            return List.of("SELECT", "INSERT", "UPDATE", "DELETE").stream()
                            .anyMatch(sql::startsWith)
                    && !sql.contains("sqlite_schema");
        }
    }
}
