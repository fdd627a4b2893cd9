package dev.evergate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.WatchService;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

@Tag("I37")
class ConfigWatchTest {
    @TempDir Path folder;
    private final RealWorld world = new RealWorld(Throwable::printStackTrace);
    private final AtomicInteger told = new AtomicInteger();
    private final ConfigWatch watch = new ConfigWatch(world, told::incrementAndGet);
    private Path file;

    @BeforeEach
    void begin() throws IOException {
        file = folder.resolve("evergate.json");
        Files.writeString(file, "{}");
        watch.watch(Set.of(file));
        watch.start();
        // Nobody knows what happened to a file before it was watched: that is told once.
        Wait.until("the first look", () -> told.get() == 1);
    }

    @AfterEach
    void end() {
        watch.close();
        world.close();
    }

    @Test
    void tellsOfAFileThatIsWritten() throws IOException {
        Files.writeString(file, "{ a: 1 }");

        awaitTold(2);
    }

    @Test
    void tellsOfAFileThatTakesThePlaceOfAnother() throws IOException {
        Path next = Files.writeString(folder.resolve("next"), "{ a: 1 }");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);

        awaitTold(2);
    }

    @Test
    void tellsOfAFileThatGoesAndOfOneThatComes() throws IOException {
        Files.delete(file);
        awaitTold(2);

        Files.writeString(file, "{}");
        awaitTold(3);
    }

    @Test
    void saysNothingOfOtherFilesInTheFolder() throws IOException {
        Files.writeString(folder.resolve("other"), "x");
        Files.writeString(file, "{ a: 1 }");

        awaitTold(2);
        staysAt(2);
    }

    @Test
    void tellsOfALinkThatIsTurned() throws IOException {
        Path first = Files.createDirectory(folder.resolve("..1"));
        Path second = Files.createDirectory(folder.resolve("..2"));
        Files.writeString(first.resolve("a.json"), "{}");
        Files.writeString(second.resolve("a.json"), "{}");
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
        watch.watch(Set.of(file, data, data.resolve("a.json")));
        awaitTold(2);

        Path next = Files.createSymbolicLink(folder.resolve("next"), Path.of("..2"));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);

        awaitTold(3);
    }

    @Test
    void tellsOfAFileInAFolderThatIsMadeLater() throws IOException {
        Path late = folder.resolve("sub/late.json");
        watch.watch(Set.of(file, late));
        awaitTold(2);

        Files.createDirectory(late.getParent());
        Files.writeString(late, "{}");

        awaitTold(3);
    }

    @Test
    void tellsOfAFileInAFolderThatTookThePlaceOfAnother() throws IOException {
        Path sub = Files.createDirectory(folder.resolve("sub"));
        Path inside = Files.writeString(sub.resolve("a.json"), "{}");
        watch.watch(Set.of(inside));
        awaitTold(2);
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("a.json"), "{ }");
        Files.move(sub, folder.resolve("gone"));
        Files.move(other, sub);
        awaitTold(3);

        Files.writeString(inside, "{ a: 2 }");
        awaitTold(4);
    }

    @Test
    void tellsOnceOfAHundredChangesInARow() throws IOException {
        for (int i = 0; i < 100; i++) {
            Files.writeString(file, "{ a: " + i + " }");
        }

        awaitTold(2);
        assertThat(told.get()).isLessThan(6); // a busy machine may take a second for the hundred
    }

    @Test
    void tellsAtLastOfAFileThatIsNeverQuiet() throws IOException {
        for (int i = 0; told.get() == 1; i++) {
            Files.writeString(file, "{ a: " + i + " }");
            Wait.pause(20);
            assertThat(i).isLessThan(1_000);
        }
    }

    @Test
    void goesOnAfterWhoeverIsToldFails() throws IOException {
        var calls = new CopyOnWriteArrayList<String>();
        try (var failing =
                new ConfigWatch(
                        world,
                        () -> {
                            calls.add("");
                            throw new IllegalStateException("a bug, as the test wants it");
                        })) {
            failing.watch(Set.of(file));
            failing.start();
            Wait.until("the first look", () -> calls.size() == 1);

            Files.writeString(file, "{ a: 1 }");

            Wait.until("another call", () -> calls.size() == 2);
        }
    }

    @Test
    void tellsAlsoWhenTheKernelIsMute() throws IOException {
        try (var mute =
                new ConfigWatch(
                        world,
                        told::incrementAndGet,
                        () -> {
                            throw new IOException("too many watches, as the test wants it");
                        })) {
            watch.close();
            mute.watch(Set.of(file));
            mute.start();
            awaitTold(2);

            Files.writeString(file, "{ a: 1 }");

            awaitTold(3);
        }
    }

    @Test
    void looksAgainWhenTheKernelFallsSilent() throws IOException {
        var ears = new CopyOnWriteArrayList<WatchService>();
        try (var cut =
                new ConfigWatch(
                        world,
                        told::incrementAndGet,
                        () -> {
                            ears.add(FileSystems.getDefault().newWatchService());
                            return ears.getLast();
                        })) {
            watch.close();
            cut.watch(Set.of(file));
            cut.start();
            awaitTold(2);

            ears.getFirst().close();

            awaitTold(3);
            Wait.until("another ear", () -> ears.size() == 2);
            Files.writeString(file, "{ a: 1 }");
            awaitTold(4);
        }
    }

    @Test
    void saysNothingMoreWhenItIsClosed() throws IOException {
        watch.close();
        Files.writeString(file, "{ a: 1 }");

        staysAt(1);
    }

    private void awaitTold(int times) {
        Wait.until(() -> "told " + told.get() + " times", () -> told.get() >= times);
    }

    private void staysAt(int times) {
        Wait.pause(300);
        assertThat(told.get()).isEqualTo(times);
    }
}
