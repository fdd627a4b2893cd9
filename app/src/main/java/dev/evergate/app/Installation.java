package dev.evergate.app;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The build this process runs from: a folder that nobody ever changes. An upgrade puts another one
 * beside it, moves the link {@code current}, and may delete this one while we still run. Stateless.
 */
final class Installation {
    private static final String HOME_PROPERTY = "evergate.home";

    private Installation() {}

    /**
     * Opens every jar of this program and keeps it open until the process ends: what is needed for
     * the first time in a stop, or in a failure, loads although the folder has been deleted.
     *
     * @throws IOException if that has happened already
     */
    static void hold() throws IOException {
        ModuleLayer program = ModuleLayer.boot();
        for (ResolvedModule module : program.configuration().modules()) {
            if (isInJar(module.reference())) {
                open(program.findModule(module.name()).orElseThrow());
            }
        }
    }

    private static boolean isInJar(ModuleReference module) {
        return module.location()
                .filter(place -> "file".equals(place.getScheme()))
                .filter(place -> place.getPath().endsWith(".jar"))
                .isPresent();
    }

    /** Asked for any resource, the loader opens a module's jar for itself and never closes it. */
    private static void open(Module module) throws IOException {
        InputStream manifest = module.getResourceAsStream("META-INF/MANIFEST.MF");
        if (manifest != null) {
            manifest.close();
        }
    }

    /** The build that a new process would run from, if that is another one. */
    static Optional<Path> successor() {
        String own = System.getProperty(HOME_PROPERTY, "");
        if (own.isEmpty()) {
            return Optional.empty();
        }
        Path home = Path.of(own);
        Path current = home.resolveSibling("current");
        try {
            return Files.exists(current) && !Files.isSameFile(current, home)
                    ? Optional.of(current.toRealPath())
                    : Optional.empty();
        } catch (IOException gone) {
            return Optional.of(current); // our own folder, as a rule
        }
    }
}
