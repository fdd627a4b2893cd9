package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Leases.Holder;
import dev.evergate.core.journal.Leases.Outcome;
import dev.evergate.core.journal.Session;
import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.journal.Samples;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A store goes from schema to schema, whole or not at all. */
@Tag("I30")
final class MigrationsTest {
    private static final int NEWEST = Migrations.OURS.newest();
    private static final Migrations NEXT = with("steps/add-colour.sql");
    private static final Migrations BROKEN = with("steps/broken.sql");

    private final RealWorld world = new RealWorld(new FaultHandler());

    @TempDir private Path data;

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void keepsWhatWasThere() {
        Session session;
        try (SqlStore store = open(Migrations.OURS)) {
            session = store.sessions().create(lease(store), Samples.session("main", "w1"));
        }

        try (SqlStore store = open(NEXT)) {
            assertThat(store.sessions().find("main")).contains(session);
            assertThat(colour(store)).contains("plain");
            assertThat(schema(store)).contains(NEWEST + 1);
        }
        try (SqlStore store = open(NEXT)) {
            assertThat(schema(store)).contains(NEWEST + 1);
        }
    }

    @Test
    void letsTheGenerationBeforeItGoOnWorking() {
        try (SqlStore old = open(Migrations.OURS)) {
            Epoch epoch = lease(old);
            old.sessions().create(epoch, Samples.session("main", "w1"));
            try (SqlStore next = open(NEXT)) {
                assertThat(schema(next)).contains(NEWEST + 1);

                old.sessions()
                        .append(epoch, Samples.session("main", "w1"), Samples.reply("r", "x"));
                old.sessions().create(epoch, Samples.session("other", "w2"));

                assertThat(next.sessions().find("main").orElseThrow().preview()).isEqualTo("x");
                assertThat(next.sessions().find("other")).isPresent();
            }
        }
    }

    @Test
    void refusesTheStoreOfTheNextRelease() {
        open(NEXT).close();

        assertThatThrownBy(() -> open(Migrations.OURS))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("schema %d, this one knows %d".formatted(NEWEST + 1, NEWEST));

        try (SqlStore store = open(NEXT)) {
            assertThat(schema(store)).contains(NEWEST + 1);
        }
    }

    @Test
    void leavesNothingOfAStepThatFails() {
        try (SqlStore store = open(Migrations.OURS)) {
            store.inbox().accept(Samples.message("k1", "main"));
        }

        assertThatThrownBy(() -> open(BROKEN)).isInstanceOf(EvergateException.class);

        try (SqlStore store = open(Migrations.OURS)) {
            assertThat(schema(store)).contains(NEWEST);
            assertThat(store.inbox().pending()).hasSize(1);
            assertThat(count(store, "extra")).contains(0);
        }
    }

    @Test
    void startsEmptyAgainWhenItsFirstStepFailed() {
        assertThatThrownBy(() -> open(new Migrations(List.of("steps/broken.sql"))))
                .isInstanceOf(EvergateException.class);

        try (SqlStore store = open(Migrations.OURS)) {
            assertThat(count(store, "extra")).contains(0);
            assertThat(count(store, "inbox")).contains(1);
        }
    }

    private SqlStore open(Migrations migrations) {
        return SqlStore.open(data, world, new SqliteDialect(world), migrations, 10_000);
    }

    private static Migrations with(String step) {
        List<String> steps = new ArrayList<>(Migrations.OURS.steps());
        steps.add(step);
        return new Migrations(steps);
    }

    private static Epoch lease(SqlStore store) {
        return switch (store.leases().take(new Holder("instance", 1), _ -> true)) {
            case Outcome.Taken(var epoch) -> epoch;
            case Outcome.Held(var by) -> throw new AssertionError("held by " + by);
        };
    }

    private static Optional<Integer> schema(SqlStore store) {
        return store.read(c -> c.first("PRAGMA user_version", Row::count));
    }

    private static Optional<String> colour(SqlStore store) {
        return store.read(c -> c.first("SELECT colour FROM sessions", Row::text));
    }

    private static Optional<Integer> count(SqlStore store, String table) {
        String sql = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = ?";
        return store.read(c -> c.first(sql, Row::count, table));
    }
}
