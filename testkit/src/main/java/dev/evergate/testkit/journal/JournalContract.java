package dev.evergate.testkit.journal;

import static dev.evergate.testkit.journal.Samples.NOW_MS;
import static dev.evergate.testkit.journal.Samples.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.Leases.Holder;
import dev.evergate.core.journal.Leases.Outcome;
import dev.evergate.core.time.RealWorld;
import dev.evergate.core.time.World;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What every journal must do, whatever it is made of. A dialect's test extends this class. */
@Tag("contract")
public abstract class JournalContract {
    private static final long ANSWER_TIMEOUT_S = 30;

    private final RealWorld world = new RealWorld(new FaultHandler());

    @TempDir private Path directory;

    private Journal journal;

    /** Opens the journal that lives in this directory, making it if it is missing. */
    protected abstract Journal open(Path directory, World world);

    @BeforeEach
    final void openJournal() {
        journal = open(directory, world);
    }

    @AfterEach
    final void closeJournal() {
        journal.close();
        world.close();
    }

    final Journal journal() {
        return journal;
    }

    /** Takes the lease for a generation, declaring every other holder dead. */
    final Epoch takeLease(long generation) {
        return taken(journal.leases().take(new Holder("instance", generation), _ -> true));
    }

    static Epoch taken(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Taken(var epoch) -> epoch;
            case Outcome.Held(var by) -> throw new AssertionError("the lease is held by " + by);
        };
    }

    /** Ends this life of the journal and starts the next. */
    final void reopen() {
        journal.close();
        journal = open(directory, world);
    }

    /** Runs all at once, each on a thread of its own; the answers in the given order. */
    final <T> List<T> allAtOnce(List<Supplier<T>> calls) {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (Supplier<T> call : calls) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            world.tasks()
                    .start(
                            "caller",
                            () -> {
                                try {
                                    answer.complete(call.get());
                                } catch (RuntimeException | AssertionError e) {
                                    answer.completeExceptionally(e);
                                }
                            });
            answers.add(answer.orTimeout(ANSWER_TIMEOUT_S, TimeUnit.SECONDS));
        }
        return answers.stream().map(CompletableFuture::join).toList();
    }

    static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EvergateException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Nested
    final class TheInbox extends InboxRules {
        @Override
        JournalContract fixture() {
            return JournalContract.this;
        }
    }

    @Nested
    final class TheTurns extends TurnRules {
        @Override
        JournalContract fixture() {
            return JournalContract.this;
        }
    }

    @Nested
    final class TheSessions extends SessionRules {
        @Override
        JournalContract fixture() {
            return JournalContract.this;
        }
    }

    @Nested
    final class TheOutbox extends OutboxRules {
        @Override
        JournalContract fixture() {
            return JournalContract.this;
        }
    }

    @Nested
    final class TheLease extends LeaseRules {
        @Override
        JournalContract fixture() {
            return JournalContract.this;
        }
    }

    @Nested
    final class TheRestarts extends RestartRules {
        @Override
        JournalContract fixture() {
            return JournalContract.this;
        }
    }

    @Nested
    final class TheUsage extends UsageRules {
        @Override
        JournalContract fixture() {
            return JournalContract.this;
        }
    }

    @Nested
    final class TheDevices extends DeviceRules {
        @Override
        JournalContract fixture() {
            return JournalContract.this;
        }
    }

    @Nested
    final class TheAuditLog extends AuditRules {
        @Override
        JournalContract fixture() {
            return JournalContract.this;
        }
    }

    @Nested
    final class TheWhole {
        @Test
        void provesThatItCanWrite() {
            journal.proveWritable();
            journal.proveWritable();
        }

        @Test
        void refusesEveryCallOnceClosed() {
            Epoch epoch = takeLease(1);

            journal.close();
            journal.close();

            assertRefused(
                    ErrorCode.UNAVAILABLE, () -> journal.inbox().accept(message("k", "main")));
            assertRefused(ErrorCode.UNAVAILABLE, () -> journal.inbox().pending());
            assertRefused(ErrorCode.UNAVAILABLE, () -> journal.sessions().find("main"));
            assertRefused(ErrorCode.UNAVAILABLE, () -> journal.sessions().delete(epoch, "main"));
            assertRefused(ErrorCode.UNAVAILABLE, () -> journal.outbox().due(NOW_MS, 1));
            assertRefused(ErrorCode.UNAVAILABLE, () -> journal.devices().find("a"));
            assertRefused(ErrorCode.UNAVAILABLE, () -> journal.proveWritable());
        }
    }
}
