package dev.evergate.app.observe;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.telemetry.Exporter;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Finds the exporter, which lies beside the program in {@code lib/telemetry}: its libraries must
 * cost nothing where nobody wants them. Stateless.
 */
final class TelemetryLoader {
    private TelemetryLoader() {}

    /**
     * The exporters of this installation.
     *
     * @throws EvergateException INTERNAL if there are none
     */
    static Exporter.Factory load() {
        Optional<Exporter.Factory> near = ServiceLoader.load(Exporter.Factory.class).findFirst();
        if (near.isPresent()) {
            return near.get();
        }
        Path folder = Path.of(System.getProperty("evergate.home", ""), "lib", "telemetry");
        return ServiceLoader.load(Exporter.Factory.class, loader(folder))
                .findFirst()
                .orElseThrow(
                        () ->
                                new EvergateException(
                                        ErrorCode.INTERNAL,
                                        folder + " holds no exporter: is the installation whole?"));
    }

    private static ClassLoader loader(Path folder) {
        List<URL> jars = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
            for (Path file : files) {
                jars.add(file.toUri().toURL());
            }
            return opened(jars);
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.INTERNAL, "The exporter cannot be loaded: " + e.getMessage(), e);
        }
    }

    /** Every jar is open from now on, as long as the process lives: an upgrade may delete them. */
    private static ClassLoader opened(List<URL> jars) throws IOException {
        var loader =
                new URLClassLoader(
                        "telemetry", jars.toArray(URL[]::new), Exporter.class.getClassLoader());
        var _ = Collections.list(loader.getResources("META-INF/MANIFEST.MF"));
        return loader;
    }
}
