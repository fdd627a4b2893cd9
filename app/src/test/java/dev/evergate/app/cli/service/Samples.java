package dev.evergate.app.cli.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A machine and a gateway to install on it. */
final class Samples {
    static final Account ADA = new Account("ada", 1000, Path.of("/srv/ada"));

    private Samples() {}

    static Platform platform(Platform.Kind kind) {
        return new Platform(
                kind,
                Path.of("/"),
                ADA,
                Optional.empty(),
                Path.of("/srv/ada/.config"),
                presence(true, true),
                true,
                Optional.of(Path.of("/opt/evergate/evergate")),
                Path.of("/opt/jdk-25"),
                Optional.of(Path.of("/opt/evergate/build/dist/1")));
    }

    static Systemd.Presence presence(boolean isRunning, boolean hasUserManager) {
        return new Systemd.Presence(isRunning, hasUserManager, Path.of("/run/user/1000"), true);
    }

    /** A gateway with everything as usual. */
    static ServiceSpec plain() {
        return spec("/opt/evergate/evergate", "/srv/ada/.evergate", List.of());
    }

    /** A gateway with a state directory and options of its own, behind a socket unit. */
    static ServiceSpec special() {
        ServiceSpec spec =
                spec(
                        "/opt/evergate/evergate",
                        "/var/lib/my gateway",
                        List.of("--port", "19000", "--token-file", "/etc/evergate/the token"));
        return new ServiceSpec(
                spec.launcher(),
                spec.installation(),
                spec.javaHome(),
                spec.account(),
                spec.state(),
                spec.words(),
                Optional.of("127.0.0.1:19000"));
    }

    static ServiceSpec spec(String launcher, String state, List<String> words) {
        return new ServiceSpec(
                Path.of(launcher),
                Path.of("/opt/evergate/build/dist/1"),
                Path.of("/opt/jdk-25"),
                ADA,
                Path.of(state),
                words,
                Optional.empty());
    }

    /** A file that what we generate must equal, byte by byte. */
    static String golden(String name) {
        try (var in = Samples.class.getResourceAsStream("/service/" + name)) {
            if (in == null) {
                return "(no golden file " + name + ")";
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
