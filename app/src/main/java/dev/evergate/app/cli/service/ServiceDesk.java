package dev.evergate.app.cli.service;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Finds the services of a machine, changes their files and runs their commands. For one thread. */
public final class ServiceDesk {
    /** A command that waits for a stop may take as long as a stop may. */
    private static final Duration STEP_LIMIT = Duration.ofSeconds(ServiceSpec.STOP_SECONDS + 15L);

    private static final Duration QUERY_LIMIT = Duration.ofSeconds(10);
    private static final long TEXT_BYTES_MAX = 1 << 20;

    private final ServiceHost host;

    public ServiceDesk(ServiceHost host) {
        this.host = host;
    }

    /** The service for a state directory; see {@link Installed#find}. */
    public Optional<Installed> find(Optional<Scope> scope, Path state) {
        return Installed.find(
                host.platform(), scope, state, ServiceDesk::text, ServiceDesk::isSameFolder);
    }

    /** What the manager says about a service; unknown if it does not answer. */
    public ServiceState state(ServiceManager manager) {
        return manager.state(host.run(manager.query().words(), QUERY_LIMIT));
    }

    /** What a manager says about a service that it does not have. */
    public ServiceState absent() {
        return ServiceState.UNKNOWN;
    }

    /** Does what a plan says, in its order. */
    public void carryOut(InstallPlan plan, ServiceManager manager) {
        run(plan.before(), manager);
        plan.changes().forEach(ServiceDesk::change);
        run(plan.after(), manager);
    }

    /** Runs commands in order, up to the first that fails and may not. */
    public void run(List<Step> steps, ServiceManager manager) {
        for (Step step : steps) {
            var ran = host.run(step.words(), STEP_LIMIT);
            if (!ran.isGood() && !step.mayFail()) {
                throw Refusals.failed(step, ran, manager);
            }
        }
    }

    /** The text of a file, empty if there is none. */
    public static Optional<String> text(Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > TEXT_BYTES_MAX) {
                return Optional.empty();
            }
            return Optional.of(ServiceFile.decode(Files.readAllBytes(file)));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw Refusals.notWritten(file, reason(unreadable), isDenied(unreadable));
        }
    }

    /** Also by a link, such as a home directory that has moved. */
    private static boolean isSameFolder(Path one, Path other) {
        try {
            return one.equals(other)
                    || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
        } catch (IOException unknown) {
            return false;
        }
    }

    private static void change(InstallPlan.Change change) {
        Path path = change.path();
        try {
            if (change.backup().isPresent()) {
                Files.copy(path, change.backup().get(), StandardCopyOption.COPY_ATTRIBUTES);
            }
            switch (change.what()) {
                case CREATED, UPDATED -> write(change.file().orElseThrow());
                case REMOVED -> Files.deleteIfExists(path);
                case UNCHANGED -> {
                    // It is as it shall be.
                }
            }
        } catch (IOException e) {
            throw Refusals.notWritten(path, reason(e), isDenied(e));
        }
    }

    /** Whole or not at all: the manager may read it at any moment. */
    private static void write(ServiceFile file) throws IOException {
        Path folder = Optional.ofNullable(file.path().getParent()).orElse(file.path());
        Files.createDirectories(folder);
        Path next = file.path().resolveSibling("." + file.path().getFileName() + ".next");
        Files.write(next, file.bytes());
        Files.move(next, file.path(), StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isDenied(IOException e) {
        return e instanceof AccessDeniedException;
    }

    private static String reason(IOException e) {
        return isDenied(e) ? "permission denied" : String.valueOf(e);
    }
}
