package dev.evergate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.time.RealWorld;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

class TokenKeyTest {
    private final RealWorld world = new RealWorld(new FaultHandler());

    @TempDir private Path data;

    @AfterEach
    void end() {
        world.close();
    }

    private String key() {
        return new TokenKey(data, world).get().reveal();
    }

    @Test
    void isMadeOnceAndForItsOwnerAlone() throws Exception {
        String key = key();

        assertThat(key).hasSize(43);
        assertThat(key()).isEqualTo(key);
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .containsExactly("device-tokens.key");
        }
        Path file = data.resolve("device-tokens.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void isWhatSomebodyElseHasMadeMeanwhile() throws Exception {
        var late = new TokenKey(data, world);
        Files.writeString(data.resolve("device-tokens.key"), "theirs\n");

        assertThat(late.get().reveal()).isEqualTo("theirs");
    }

    @Test
    void saysWhatToDoWithOneThatCannotBeUsed() throws Exception {
        Files.createFile(data.resolve("device-tokens.key"));

        assertThatThrownBy(this::key)
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("device-tokens.key cannot be used")
                .hasMessageContaining("it is empty")
                .hasMessageContaining("Without the file a new one is made");
    }
}
