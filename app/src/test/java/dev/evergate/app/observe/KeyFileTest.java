package dev.evergate.app.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.spi.GatewayKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

class KeyFileTest {
    @TempDir private Path folder;

    @Test
    void everyGenerationIsTheSameGateway() throws Exception {
        Path file = folder.resolve("gateway.key");

        GatewayKey first = new KeyFile(file).get();

        assertThat(new KeyFile(file).get()).isEqualTo(first);
        byte[] raw = Base64.getUrlDecoder().decode(first.publicKey());
        assertThat(raw).hasSize(32);
        assertThat(first.deviceId())
                .isEqualTo(
                        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(raw)));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void twoThatMakeItAtTheSameTimeAgree() {
        Path file = folder.resolve("gateway.key");
        Set<GatewayKey> made = ConcurrentHashMap.newKeySet();

        IntStream.range(0, 16).parallel().forEach(_ -> made.add(new KeyFile(file).get()));

        assertThat(made).hasSize(1);
    }

    @Test
    void aDamagedKeyIsNotReplacedBehindItsOwnersBack() throws Exception {
        Path file = folder.resolve("gateway.key");
        GatewayKey _ = new KeyFile(file).get();
        List<String> lines = Files.readAllLines(file);
        Path other = folder.resolve("other.key");
        GatewayKey _ = new KeyFile(other).get();
        Files.write(file, List.of(lines.get(0), Files.readAllLines(other).get(1)));

        assertThatThrownBy(() -> new KeyFile(file).get())
                .isInstanceOfSatisfying(
                        EvergateException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("two halves do not fit")
                .hasMessageContaining("delete it to get a new key");
    }
}
