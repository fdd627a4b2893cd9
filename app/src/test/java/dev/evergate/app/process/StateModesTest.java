package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** Whatever a gateway writes in a busy life is its owner's alone. */
@Tag("process")
class StateModesTest {
    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    @Tag("S17")
    void nothingInTheStateDirectoryIsForOtherUsers() throws Exception {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        try (GatewayClient client = gateway.connect()) {
            client.call(
                    "chat.send",
                    "{\"sessionKey\":\"main\",\"message\":\"hello\",\"idempotencyKey\":\"k\"}");
            String hash = client.call("config.get").path("hash").asString();
            client.call(
                    "config.patch",
                    "{\"baseHash\":\"%s\",\"raw\":\"{gateway:{reload:{mode:'off'}}}\"}"
                            .formatted(hash));
        }
        long stopped = gateway.generationPid();
        GatewayProcess.signal("STOP", stopped); // found, described and replaced
        Wait.until(
                "another generation serves",
                () -> ProcessHandle.of(stopped).isEmpty() && isReady(gateway));

        assertThat(modes(gateway.stateDir()))
                .as("a few files of each kind are there")
                .anyMatch(line -> line.contains("/logs/"))
                .anyMatch(line -> line.contains("/dumps/"))
                .anyMatch(line -> line.contains("/run/access"))
                .anyMatch(line -> line.contains(".db"))
                .allMatch(line -> line.startsWith("rw-------") || line.startsWith("rwx------"));
    }

    private static boolean isReady(GatewayProcess gateway) {
        try {
            return gateway.get("/readyz").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> modes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> !Files.isSymbolicLink(file))
                    .map(StateModesTest::line)
                    .toList();
        }
    }

    private static String line(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file)) + " " + file;
        } catch (IOException gone) {
            return "rw------- (gone) " + file;
        }
    }
}
