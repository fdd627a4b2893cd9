package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.IncomingMessage.Origin;
import dev.evergate.testkit.journal.Samples;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What the store says and keeps when its disk fails. */
final class DiskFailureTest {
    /** Room for the empty schema and a little more. */
    private static final long FEW_PAGES = 60;

    @TempDir private Path directory;

    private StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(directory);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    @Tag("I27")
    void acknowledgesNothingOfACommitThatTheDiskRefused() {
        fixture.accept("before");
        StoreFixture.Gate gate = fixture.blockWriter();
        List<Supplier<Boolean>> accepts =
                List.of(() -> isAccepted("k1"), () -> isAccepted("k2"), () -> isAccepted("k3"));
        var answers = fixture.startInOrder(accepts);
        fixture.disk.failSyncs(2); // the gate's own commit, and theirs

        assertThatThrownBy(gate::open).hasRootCauseInstanceOf(java.sql.SQLException.class);

        assertThat(answers).extracting(CompletableFuture::join).containsOnly(false);
        assertThat(keys()).containsExactly("before");
    }

    @Test
    @Tag("I27")
    void provesItselfOnANewConnectionAfterARefusedCommit() {
        fixture.accept("before");
        fixture.disk.failSyncs(1);
        assertUnusable(() -> fixture.accept("k1"));
        int opened = fixture.disk.opened();

        fixture.accept("k1");
        fixture.accept("k2");

        assertThat(fixture.disk.opened()).isEqualTo(opened + 1);
        assertThat(keys()).containsExactly("before", "k1", "k2");
    }

    @Test
    @Tag("I29")
    void refusesBeforeItAcknowledgesWhenTheDiskIsFullAndHealsAlone() {
        fixture.close();
        fixture = new StoreFixture(directory);
        fixture.disk.limitDisk(FEW_PAGES);
        fixture.disk.failSyncs(1);
        assertUnusable(fixture.store::proveWritable); // the next connection finds the limit

        List<String> acknowledged = new ArrayList<>();
        int offered = 0;
        while (offered < 10_000 && acceptLong("k" + offered)) {
            acknowledged.add("k" + offered++);
        }
        assertThat(acknowledged).isNotEmpty().hasSizeLessThan(10_000);
        assertThat(keys()).isEqualTo(acknowledged);
        String refused = "k" + offered;
        assertThatThrownBy(() -> fixture.store.inbox().accept(longMessage(refused)))
                .hasMessageContaining("the disk is full")
                .hasMessageContaining("evergate.db");

        fixture.disk.freeDisk();

        assertThat(acceptLong(refused)).isTrue();
        acknowledged.add(refused);
        assertThat(keys()).isEqualTo(acknowledged);
    }

    @Test
    void goesOnReadingWhileTheDiskRefuses() {
        fixture.accept("k1");
        fixture.disk.failSyncs(1_000);
        assertUnusable(fixture.store::proveWritable);

        fixture.disk.failSyncs(0);

        assertThat(keys()).containsExactly("k1");
    }

    private boolean isAccepted(String key) {
        try {
            return fixture.accept(key) != null;
        } catch (EvergateException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNUSABLE);
            return false;
        }
    }

    private boolean acceptLong(String key) {
        try {
            return fixture.store.inbox().accept(longMessage(key)) != null;
        } catch (EvergateException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNUSABLE);
            return false;
        }
    }

    private static IncomingMessage longMessage(String key) {
        return new IncomingMessage(
                "m-" + key, Origin.control(key), "main", key, "x".repeat(3_000), Samples.NOW_MS);
    }

    private List<String> keys() {
        return fixture.store.inbox().pending().stream()
                .map(AcceptedMessage::message)
                .map(IncomingMessage::runId)
                .toList();
    }

    private static void assertUnusable(Runnable write) {
        assertThatThrownBy(write::run)
                .isInstanceOfSatisfying(
                        EvergateException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNUSABLE));
    }
}
