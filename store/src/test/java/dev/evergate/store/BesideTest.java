package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.api.Blob;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Devices.Changed;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.IncomingMessage.Origin;
import dev.evergate.core.journal.Leases.Holder;
import dev.evergate.core.journal.Leases.Outcome;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.journal.Samples;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A successor opens the store beside its predecessor, and changes it only with the lease. */
@Tag("I30")
final class BesideTest {
    private static final Migrations SCHEMA_1 = new Migrations(List.of("sqlite/0001-day-one.sql"));
    private static final Migrations BROKEN =
            new Migrations(List.of("sqlite/0001-day-one.sql", "steps/broken.sql"));
    private static final int NEWEST = Migrations.OURS.newest();

    private final RealWorld world = new RealWorld(new FaultHandler());

    @TempDir private Path home;

    private Path data;

    @BeforeEach
    void choose() {
        data = home.resolve("data");
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void makesNoStoreWhereThereIsNone() throws IOException {
        assertRefused(
                ErrorCode.STORE_DAMAGED,
                "it is missing",
                () -> SqlStore.openBeside(data, world).close());

        assertThat(data).doesNotExist();
    }

    @Test
    void takesNoEmptyFileForAStore() throws IOException {
        Files.createDirectories(data);
        Files.createFile(data.resolve("evergate.db"));

        assertRefused(
                ErrorCode.STORE_DAMAGED,
                "its tables are gone",
                () -> SqlStore.openBeside(data, world).close());

        assertThat(data.resolve("evergate.db")).isEmptyFile();
        assertThat(contents()).containsOnlyKeys("evergate.db");
    }

    @Test
    void changesNothingByOpeningAndReading() throws IOException {
        try (SqlStore old = open(SCHEMA_1)) {
            old.inbox().accept(Samples.message("k1", "main"));
            Map<String, String> before = contents();

            try (SqlStore next = SqlStore.openBeside(data, world)) {
                assertThat(next.inbox().pending()).hasSize(1);
                assertThat(next.sessions().find("main")).isEmpty();
                assertThat(next.turns().find("k1")).isEmpty();
                assertThat(next.restarts().newest(10)).isEmpty();
            }

            assertThat(contents()).isEqualTo(before);
        }
    }

    @Test
    void doesWithAnEarlierSchemaEverythingThatNeedsNoLease() {
        try (SqlStore old = open(SCHEMA_1);
                SqlStore next = SqlStore.openBeside(data, world)) {
            next.inbox().accept(Samples.message("k1", "main"));
            next.proveWritable();

            assertThat(old.inbox().pending()).hasSize(1);
            assertThat(schema(next)).contains(1);
            assertRefused(ErrorCode.UNAVAILABLE, "try again", () -> next.restarts().add(report()));
        }
    }

    @Test
    void knowsNoDevicesBeforeItHasBroughtThePlaceForThem() {
        Migrations schema2 = new Migrations(Migrations.OURS.steps().subList(0, 2));
        try (SqlStore old = open(schema2);
                SqlStore next = SqlStore.openBeside(data, world)) {
            Epoch first = take(old, 1);
            assertThat(next.devices().find("a")).isEmpty();
            assertThat(next.devices().list()).isEmpty();
            assertThat(schema(next)).contains(2);

            Epoch second = take(next, 2);
            Device asking =
                    Device.unknown("a", "key")
                            .with(
                                    Optional.of(
                                            new Device.Request(
                                                    "r",
                                                    new Device.Looks("", "", "", "", "", ""),
                                                    "node",
                                                    List.of(),
                                                    Samples.NOW_MS)));
            Changed _ = next.devices().change(second, Device.unknown("a", "key"), _ -> asking);

            assertThat(next.devices().list()).containsExactly(asking);
            assertFenced(() -> next.devices().change(first, asking, device -> device));
            // The release before goes on with what is its own.
            old.inbox().accept(Samples.message("k1", "main"));
        }
    }

    @Test
    void readsTheDevicesOfTheSchemaBefore() {
        Migrations schema3 = new Migrations(Migrations.OURS.steps().subList(0, 3));
        try (SqlStore old = open(schema3)) {
            Epoch first = take(old, 1);
            int _ =
                    old.write(
                            c ->
                                    c.update(
                                            "INSERT INTO devices VALUES ('a', 'key', '', '', '', '',"
                                                    + " '', '', 'owner', 1, 2, 3)"));
            try (SqlStore next = SqlStore.openBeside(data, world)) {
                assertThat(next.devices().find("a").orElseThrow().approval()).isPresent();
                assertThat(next.devices().list()).hasSize(1);
                assertThat(next.devices().setupCodes()).isEmpty();

                Epoch second = take(next, 2);
                Changed _ =
                        next.devices()
                                .change(second, Device.unknown("a", ""), it -> it.named("hall"));

                assertThat(next.devices().find("a").orElseThrow().label()).isEqualTo("hall");
                assertFenced(() -> next.devices().change(first, Device.unknown("a", ""), it -> it));
            }
        }
    }

    @Test
    void takesPlainTextOnlyBeforeItHasBroughtThePlaceForMore() {
        Migrations schema3 = new Migrations(Migrations.OURS.steps().subList(0, 3));
        var picture = new Attachment("image/png", "a.png", Blob.of(new byte[] {1, 2, 3}));
        var rich =
                new IncomingMessage(
                        "m2",
                        Origin.control("k2"),
                        "main",
                        "k2",
                        new Content(List.of(picture.image())),
                        MessageOptions.NONE,
                        Samples.NOW_MS);
        try (SqlStore old = open(schema3);
                SqlStore next = SqlStore.openBeside(data, world)) {
            Epoch first = take(old, 1);
            AcceptedMessage plain = accept(next, "k1");
            old.turns().begin(first, Samples.beginning(plain, "w1"));
            assertRefused(
                    ErrorCode.UNAVAILABLE,
                    "try again",
                    () -> next.inbox().accept(rich, List.of(picture)));
            assertThat(next.attachments().find(picture.data().sha256())).isEmpty();
            assertThat(next.sessions().page(plain.message().sessionKey(), 10, 0).rows()).hasSize(1);

            Epoch second = take(next, 2);
            next.inbox().accept(rich, List.of(picture));
            AcceptedMessage accepted = next.inbox().findByRun("k2").orElseThrow();
            var begun = next.turns().begin(second, Samples.beginning(accepted, "w2"));

            assertThat(begun.userRow().content()).isEqualTo(rich.content());
            assertThat(next.attachments().find(picture.data().sha256())).contains(picture.data());
            // The release before goes on with what is its own.
            old.turns().finish(first, Samples.done("k1", "hello"));
        }
    }

    @Test
    void bringsTheStoreToItsSchemaWithTheLease() {
        try (SqlStore old = open(SCHEMA_1);
                SqlStore next = SqlStore.openBeside(data, world)) {
            Epoch first = take(old, 1);
            AcceptedMessage message = accept(old, "k1");
            old.turns().begin(first, Samples.beginning(message, "w1"));

            Epoch second = take(next, 2);

            assertThat(second.value()).isEqualTo(first.value() + 1);
            assertThat(schema(old)).contains(NEWEST);
            next.restarts().add(report());
            assertThat(next.restarts().find(2)).contains(report());
            next.sessions().create(second, Samples.session("other", "w2"));
            // The release before goes on with what is its own.
            old.turns().finish(first, Samples.done("k1", "hello"));
            old.inbox().accept(Samples.message("k2", "main"));
            assertThat(next.inbox().pending())
                    .extracting(pending -> pending.message().runId())
                    .containsExactly("k2");
        }
    }

    @Test
    void leavesLeaseAndSchemaAsTheyWereWhenAStepFails() throws IOException {
        try (SqlStore old = open(SCHEMA_1);
                SqlStore next = SqlStore.openBeside(data, world, BROKEN)) {
            Epoch first = take(old, 1);

            assertRefused(ErrorCode.INTERNAL, "cannot be brought to schema 2", () -> take(next, 2));

            assertThat(schema(old)).contains(1);
            assertThat(next.leases().take(new Holder("instance", 2), _ -> false))
                    .isEqualTo(new Outcome.Held(new Holder("instance", 1)));
            old.sessions().create(first, Samples.session("main", "w1"));
            next.inbox().accept(Samples.message("k1", "main"));
            assertThat(old.inbox().pending()).hasSize(1);
        }
    }

    @Test
    void refusesTheStoreOfANewerReleaseAndChangesNothing() throws IOException {
        open(Migrations.OURS).close();
        Map<String, String> before = contents();
        String advice = "Start a release that knows schema " + NEWEST;

        assertRefused(ErrorCode.STORE_DAMAGED, advice, () -> open(SCHEMA_1).close());
        assertRefused(
                ErrorCode.STORE_DAMAGED,
                advice,
                () -> SqlStore.openBeside(data, world, SCHEMA_1).close());
        assertThat(contents()).isEqualTo(before);

        try (SqlStore serving = open(Migrations.OURS)) {
            serving.inbox().accept(Samples.message("k1", "main"));
            Map<String, String> inUse = contents();
            assertRefused(
                    ErrorCode.STORE_DAMAGED,
                    advice,
                    () -> SqlStore.openBeside(data, world, SCHEMA_1).close());
            assertThat(contents()).isEqualTo(inUse);
        }
    }

    @Test
    @Tag("I8")
    void refusesASchemaThatBecameNewerWhileItWaitedForTheLease() {
        try (SqlStore old = open(SCHEMA_1);
                SqlStore late = SqlStore.openBeside(data, world, SCHEMA_1)) {
            take(old, 1);
            try (SqlStore next = SqlStore.openBeside(data, world)) {
                take(next, 2);
            }

            assertRefused(
                    ErrorCode.STORE_DAMAGED,
                    "written by a newer release",
                    () -> late.leases().take(new Holder("instance", 3), _ -> true));
            assertThat(late.leases().take(new Holder("instance", 3), _ -> false))
                    .isEqualTo(new Outcome.Held(new Holder("instance", 2)));
        }
    }

    @Test
    @Tag("I8")
    void losesTheGatewayLeaseButNotTheTurnsItHasBegun() {
        try (SqlStore old = open(Migrations.OURS);
                SqlStore next = SqlStore.openBeside(data, world)) {
            Epoch first = take(old, 1);
            AcceptedMessage finished = begun(old, first, "finished");
            AcceptedMessage retaken = begun(old, first, "retaken");
            AcceptedMessage waiting = accept(old, "waiting");

            Epoch second = take(next, 2);

            // Its own turns, to their end:
            old.turns().checkpoint(first, "finished", "so far");
            old.turns().finish(first, Samples.done("finished", "hello"));
            // Nothing that needs the gateway lease:
            assertFenced(() -> old.turns().begin(first, Samples.beginning(waiting, "w9")));
            assertFenced(() -> old.turns().begin(first, Samples.beginning(retaken, "w9")));
            assertFenced(() -> old.sessions().create(first, Samples.session("s", "w9")));
            assertFenced(() -> old.sessions().reset(first, Samples.session("s", "w9")));
            assertFenced(() -> old.sessions().delete(first, "agent:main:main"));
            assertFenced(() -> old.prune(first, Samples.NOW_MS));
            // Not even its turns once another generation has begun them again:
            next.turns().begin(second, Samples.beginning(retaken, "w9"));
            assertFenced(() -> old.turns().checkpoint(first, "retaken", "late"));
            assertFenced(() -> old.turns().finish(first, Samples.done("retaken", "late")));

            next.turns().finish(second, Samples.done("retaken", "hello"));
            assertThat(next.inbox().findByRun("finished").orElseThrow().fate())
                    .isEqualTo(AcceptedMessage.Fate.ANSWERED);
            assertThat(finished.message().runId()).isEqualTo("finished");
            // And nobody has to be told that the lease is not the old one's to give back.
            old.leases().release(first);
            assertThat(next.leases().take(new Holder("instance", 3), _ -> false))
                    .isEqualTo(new Outcome.Held(new Holder("instance", 2)));
        }
    }

    private SqlStore open(Migrations migrations) {
        return SqlStore.open(data, world, new SqliteDialect(world), migrations, 10_000);
    }

    private static AcceptedMessage accept(SqlStore store, String key) {
        return Samples.accepted(store.inbox().accept(Samples.message(key, "agent:main:main")));
    }

    private static AcceptedMessage begun(SqlStore store, Epoch epoch, String key) {
        AcceptedMessage message = accept(store, key);
        var _ = store.turns().begin(epoch, Samples.beginning(message, "w-" + key));
        return message;
    }

    private static Epoch take(SqlStore store, long generation) {
        return switch (store.leases().take(new Holder("instance", generation), _ -> true)) {
            case Outcome.Taken(var epoch) -> epoch;
            case Outcome.Held(var by) -> throw new AssertionError("held by " + by);
        };
    }

    private static RestartReport report() {
        return new RestartReport(
                2, 1, "gateway restart", "committed", "", Samples.NOW_MS, 5, Map.of("a", "b"));
    }

    private static Optional<Integer> schema(SqlStore store) {
        return store.read(c -> c.first("PRAGMA user_version", Row::count));
    }

    private static void assertFenced(ThrowingCallable call) {
        assertRefused(ErrorCode.FENCED, "may not write this", call);
    }

    private static void assertRefused(ErrorCode code, String part, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EvergateException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(part);
    }

    /** Names and bytes of all files but the log's index, which is no content. */
    private Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(data)) {
            for (Path each : files.filter(file -> !file.toString().endsWith("-shm")).toList()) {
                contents.put(
                        each.getFileName().toString(),
                        Files.readString(each, StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }
}
