package dev.evergate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.SecretCommands;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.time.RealWorld;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

@Tag("G1")
class SlowSourceTest {
    @Test
    @Timeout(60)
    void waitsNoLongerThanItSaysForAFileSystemThatDoesNotAnswer(@TempDir Path folder)
            throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("evergate.json"),
                        "{ a: { source: 'exec', provider: 'p', id: 'x' },"
                                + " secrets: { providers: { p: { source: 'exec', command: '/bin/sh',"
                                + " allowSymlinkCommand: true } } } }");
        var isOver = new CountDownLatch(1);
        SecretCommands stuck =
                _ -> {
                    awaitUninterruptibly(isOver);
                    return new SecretCommands.Outcome.Failed("late");
                };
        try (var world = new RealWorld(Throwable::printStackTrace)) {
            var files = new ConfigFiles(file, Map.of(), stuck);

            assertThat(files.readWithin(world, 300))
                    .isInstanceOfSatisfying(
                            SourceReading.Unusable.class,
                            unusable ->
                                    assertThat(unusable.problem().message())
                                            .contains("could not be read within 300 ms"));
        } finally {
            isOver.countDown();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean isInterrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException _) {
                isInterrupted = true; // as a system call would not notice it either
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
