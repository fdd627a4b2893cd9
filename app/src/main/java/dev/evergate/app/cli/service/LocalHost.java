package dev.evergate.app.cli.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The machine this program runs on. Facts are looked up when they are asked for. */
public final class LocalHost implements ServiceHost {
    private static final Duration ACCOUNT_LIMIT = Duration.ofSeconds(5);
    private static final int OUTPUT_BYTES_MAX = 64 << 10;
    private static final long NO_UID = -1;

    private final Map<String, String> environment;
    private final Path home;

    public LocalHost(Map<String, String> environment, Path home) {
        this.environment = Map.copyOf(environment);
        this.home = home.toAbsolutePath().normalize();
    }

    @Override
    public Platform platform() {
        Path root = Path.of("/").toAbsolutePath();
        var account = new Account(System.getProperty("user.name", ""), uid(), home);
        Optional<Path> installation = installation();
        return new Platform(
                kind(System.getProperty("os.name", "")),
                root,
                account,
                variable("SUDO_USER").filter(name -> !name.equals("root")),
                variable("XDG_CONFIG_HOME").map(Path::of).orElse(home.resolve(".config")),
                systemd(root, account.uid()),
                Files.exists(root.resolve("var/lib/systemd/linger").resolve(account.name())),
                installation.flatMap(LocalHost::launcher),
                Path.of(System.getProperty("java.home")),
                installation);
    }

    @Override
    public Optional<Account> account(String name) {
        Ran ran = run(List.of("getent", "passwd", "--", name), ACCOUNT_LIMIT);
        return ran.isGood() ? Account.parse(ran.output()) : Optional.empty();
    }

    @Override
    public Ran run(List<String> words, Duration limit) {
        try {
            Path output = Files.createTempFile("evergate-", ".out");
            try {
                return run(words, limit, output);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            return new Ran(Ran.NOT_STARTED, String.valueOf(e.getMessage()));
        }
    }

    /** A file takes what a pipe nobody reads would hold up. */
    private static Ran run(List<String> words, Duration limit, Path output) throws IOException {
        Process process =
                new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        process.getOutputStream().close();
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Ran(process.exitValue(), text(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        return new Ran(Ran.NOT_ENDED, text(output));
    }

    private static String text(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8);
        }
    }

    static Platform.Kind kind(String osName) {
        String name = osName.toLowerCase(Locale.ROOT);
        if (name.equals("linux")) {
            return Platform.Kind.LINUX;
        }
        if (name.startsWith("mac")) {
            return Platform.Kind.MAC;
        }
        return name.startsWith("windows") ? Platform.Kind.WINDOWS : Platform.Kind.OTHER;
    }

    /** {@code sd_booted(3)} asks for the same folder. */
    private Systemd.Presence systemd(Path root, long uid) {
        Optional<Path> named = variable("XDG_RUNTIME_DIR").map(Path::of);
        Path runtime = named.orElse(root.resolve("run/user").resolve(Long.toString(uid)));
        return new Systemd.Presence(
                Files.isDirectory(root.resolve("run/systemd/system")),
                Files.exists(runtime.resolve("systemd/private")),
                runtime,
                named.isPresent());
    }

    private static Optional<Path> installation() {
        return Optional.ofNullable(System.getProperty("evergate.home")).map(Path::of);
    }

    /** The script lies at the top of what holds the build. */
    private static Optional<Path> launcher(Path installation) {
        return Stream.iterate(
                        Optional.ofNullable(installation.getParent()),
                        Optional::isPresent,
                        folder -> folder.map(Path::getParent))
                .flatMap(Optional::stream)
                .map(folder -> folder.resolve("evergate"))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static long uid() {
        for (String owned : List.of("/proc/self", System.getProperty("user.home", "."))) {
            try {
                if (Files.getAttribute(Path.of(owned), "unix:uid") instanceof Integer uid) {
                    return Integer.toUnsignedLong(uid);
                }
            } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
                // The next one may know; a system without such numbers needs none.
            }
        }
        return NO_UID;
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }
}
