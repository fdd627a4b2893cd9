package dev.evergate.testkit.plugin;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelListener;
import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.ModelRequest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * A model provider that misbehaves as the message tells it: by its first word it throws, blocks,
 * computes for ever, leaks threads, hogs
 * all tasks, prints without end, eats memory, starts a process that ignores
 * SIGTERM, or ends the JVM. Any other message it echoes. A provider whose address has {@code throw}
 * or {@code slow} in its path cannot be opened, or not in time; one with {@code crash} takes its
 * process with it.
 *
 * <p>Uses nothing but the plugin API and the JDK: {@link #jar} packs it as a third party's.
 */
public final class BadPlugin implements ModelProviderFactory {
    /** The value of {@code models.providers.<id>.api}. */
    public static final String API = "bad";

    private static final int LEAKED_THREADS = 200;
    private static final int PRINTED_LINES = 100_000;

    /** Packs the plugin into a jar in {@code folder}. */
    public static Path jar(Path folder) {
        Path jar = folder.resolve("bad-plugin.jar");
        List<Class<?>> types = List.of(BadPlugin.class, Provider.class);
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Class<?> type : types) {
                String entry = type.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(entry));
                try (InputStream code = BadPlugin.class.getResourceAsStream("/" + entry)) {
                    if (code == null) {
                        throw new IOException("no class file: " + entry);
                    }
                    long _ = code.transferTo(out);
                }
            }
            out.putNextEntry(
                    new JarEntry("META-INF/services/" + ModelProviderFactory.class.getName()));
            out.write(BadPlugin.class.getName().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String api() {
        return API;
    }

    @Override
    public ModelProvider open(ModelProviderSettings settings) {
        String path = String.valueOf(settings.baseUrl().getPath());
        if (path.contains("throw")) {
            throw new IllegalStateException("this provider cannot be opened");
        }
        if (path.contains("slow")) {
            block();
        }
        if (path.contains("crash")) {
            Runtime.getRuntime().halt(9);
        }
        return new Provider();
    }

    private static void block() {
        while (true) {
            LockSupport.park(); // whatever wakes it
        }
    }

    private static final class Provider implements ModelProvider {
        private final List<byte[]> eaten = new ArrayList<>();

        @Override
        public ModelAnswer answer(
                ModelRequest request, ModelListener listener, CancelSignal cancel) {
            String text = request.messages().getLast().text();
            switch (text.split(" ")[0]) {
                case "throw" -> throw new IllegalStateException("a bug in a plugin");
                case "error" -> throw new StackOverflowError("a deep bug in a plugin");
                case "block" -> block();
                case "spin" -> spin();
                case "hog" -> hog();
                case "leak" -> leak();
                case "print" -> print();
                case "eat" -> eat();
                case "spawn" -> spawn();
                case "exit" -> System.exit(0);
                default -> {}
            }
            listener.text("echo: " + text);
            return new ModelAnswer(ModelAnswer.Stop.COMPLETE, ModelAnswer.Usage.NONE);
        }

        private static void spin() {
            while (true) {
                Thread.onSpinWait();
            }
        }

        /** Takes every thread that carries virtual ones, in one generation only. */
        private static void hog() {
            try {
                Path _ = Files.createFile(Path.of(System.getenv("HOME"), "hogged"));
            } catch (IOException e) {
                return; // an earlier generation has seen it
            }
            for (int i = 0; i < LEAKED_THREADS; i++) {
                var _ = Thread.ofVirtual().start(Provider::spin);
            }
        }

        private static void leak() {
            for (int i = 0; i < LEAKED_THREADS; i++) {
                var _ =
                        Thread.ofPlatform()
                                .daemon(false)
                                .name("leaked-" + i)
                                .start(BadPlugin::block);
            }
        }

        private static void print() {
            String line = "x".repeat(99);
            for (int i = 0; i < PRINTED_LINES; i++) {
                System.out.println(line);
                System.err.println(line);
            }
        }

        private void eat() {
            while (true) {
                eaten.add(new byte[64 << 20]);
            }
        }

        private static void spawn() {
            try {
                Process _ =
                        new ProcessBuilder(
                                        "/bin/sh",
                                        "-c",
                                        "trap '' TERM HUP INT; (trap '' TERM; exec sleep 300) & exec sleep 300")
                                .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
