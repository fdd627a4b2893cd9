package dev.evergate.app.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** systemd itself reads our units and has nothing to say about them. */
@Tag("process")
class SystemdVerifyTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir Path folder;

    @BeforeEach
    void needsSystemd() {
        assumeThat(Path.of("/usr/bin/systemd-analyze"))
                .as("systemd-analyze, from Debian's package systemd, is not here")
                .exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "two words",
                "100% sure",
                "it's \"quoted\"",
                "$HOME\\x",
                "größe; é"
            })
    void acceptsTheUnitsOfEveryScopeAndPath(String name) throws IOException {
        for (Scope scope : Scope.values()) {
            assertThat(verify(scope, name, text -> text)).isEmpty();
        }
    }

    @Test
    void findsWhatIsWrong() throws IOException {
        assertThat(verify(Scope.SYSTEM, "plain", text -> text.replace("KillMode=", "KilMode=")))
                .contains("KilMode");
        assertThat(verify(Scope.SYSTEM, "plain", text -> text.replace("/evergate gate", "/e gate")))
                .contains("not executable");
    }

    /** What systemd says about our units with a launcher in a folder of this name. */
    private String verify(Scope scope, String name, UnaryOperator<String> change)
            throws IOException {
        Path top = Files.createDirectories(folder.resolve(scope.text()).resolve(name));
        Path launcher = Files.writeString(top.resolve("evergate"), "#!/bin/sh\n");
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        var spec =
                new ServiceSpec(
                        launcher,
                        top,
                        Path.of(System.getProperty("java.home")),
                        new Account("daemon", 1, top),
                        top.resolve("state"),
                        List.of("--config", top.resolve("evergate.json").toString()),
                        Optional.of("127.0.0.1:18789"));
        Path units = Files.createDirectories(folder.resolve("units-" + scope.text()));
        var manager = new Systemd(scope, List.of("systemctl"), units, true);
        List<String> words = new ArrayList<>();
        // A user's manager is read about without there being one.
        words.addAll(List.of("env", "XDG_RUNTIME_DIR=" + folder, "systemd-analyze"));
        words.addAll(List.of(scope == Scope.USER ? "--user" : "--system", "verify", "--man=no"));
        for (ServiceFile file : manager.files(spec)) {
            Files.writeString(file.path(), change.apply(file.text()));
            words.add(file.path().toString());
        }
        var ran = new LocalHost(Map.of(), folder).run(words, LIMIT);
        return ran.isGood() || !ran.output().isBlank() ? ran.output() : "failed without a word";
    }
}
