package dev.evergate.app;

import dev.evergate.app.config.Applier.Prepared;
import dev.evergate.core.config.ConfigSnapshot.Tls;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.time.World;
import dev.evergate.server.tls.TlsKeys;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The certificate that connections are encrypted with, as long as they are: kept as new as its
 * files. Thread-safe.
 */
final class Encryption {
    private static final Logger log = LoggerFactory.getLogger(Encryption.class);

    /** How often the files are looked at: renewal is not announced. */
    private static final long LOOK_MS = 2_000;

    private final World world;
    private final Consumer<Optional<TlsKeys>> secure;
    private final Path kept;
    private volatile boolean isKeyReadable;
    private volatile InForce inForce =
            new InForce(Optional.empty(), Optional.empty(), List.of(), "");

    /**
     * What is in force.
     *
     * @param seen how the files looked when they were read
     * @param trouble why the files cannot be used as they are now; empty if they can
     */
    private record InForce(
            Optional<Tls> files, Optional<TlsKeys> keys, List<Look> seen, String trouble) {
        String fingerprint() {
            return keys.map(TlsKeys::fingerprint).orElse("");
        }
    }

    /** How a file looked: a new one looks different. */
    private record Look(long bytes, long changedMs, String identity) {
        private static final Look MISSING = new Look(-1, 0, "");

        static List<Look> at(Optional<Tls> files) {
            return files.map(f -> List.of(of(f.certificate()), of(f.key()))).orElse(List.of());
        }

        private static Look of(Path file) {
            try {
                var now = Files.readAttributes(file, BasicFileAttributes.class);
                return new Look(
                        now.size(),
                        now.lastModifiedTime().toMillis(),
                        String.valueOf(now.fileKey()));
            } catch (IOException gone) {
                return MISSING;
            }
        }
    }

    /**
     * @param secure is given what the next connection is encrypted with; must not wait
     * @param kept where the keys that worked last are kept
     */
    Encryption(World world, Consumer<Optional<TlsKeys>> secure, Path kept) {
        this.world = world;
        this.secure = secure;
        this.kept = kept;
    }

    /**
     * Begins with these files. If they cannot be used and others could be before, it begins with
     * those, and says so.
     *
     * @throws EvergateException CONFIG_REFUSED naming key, file and reason
     */
    void begin(Optional<Tls> files) {
        List<Look> seen = Look.at(files);
        try {
            set(new InForce(files, files.map(Encryption::load), seen, ""));
        } catch (EvergateException unusable) {
            if (!Files.exists(kept)) {
                throw unusable;
            }
            TlsKeys before = TlsKeys.load(kept, kept);
            String trouble = unusable.getMessage() + "; the certificate of before is in use";
            log.warn("{}", trouble);
            set(new InForce(files, Optional.of(before), seen, trouble));
        }
    }

    private static TlsKeys load(Tls files) {
        return TlsKeys.load(files.certificate(), files.key());
    }

    /** Looks after the files from now on. {@code told} is run when the certificate has changed. */
    void watch(Runnable told) {
        var _ =
                world.timers()
                        .every(LOOK_MS, () -> world.tasks().start("tls-files", () -> look(told)));
    }

    /**
     * Opens other files beside those in use.
     *
     * @throws EvergateException CONFIG_REFUSED naming key, file and reason
     */
    Prepared prepare(Optional<Tls> next) {
        if (next.equals(inForce.files())) {
            return Prepared.NOTHING;
        }
        var opened = new InForce(next, next.map(Encryption::load), Look.at(next), "");
        return new Prepared() {
            @Override
            public void commit() {
                set(opened);
            }

            @Override
            public void discard() {}
        };
    }

    private synchronized void set(InForce next) {
        inForce = next;
        isKeyReadable = isReadableByOthers(next.files());
        secure.accept(next.keys());
        if (next.trouble().isEmpty() && next.keys().isPresent()) {
            try {
                OwnerFile.replace(kept, next.keys().get().pem().reveal());
            } catch (IOException e) {
                log.warn("The certificate cannot be kept for a start without it: {}", e.toString());
            }
        }
    }

    /** Takes the files as they are now if they look different. */
    private void look(Runnable told) {
        InForce before = inForce;
        isKeyReadable = isReadableByOthers(before.files());
        List<Look> seen = Look.at(before.files());
        if (seen.equals(before.seen())) {
            return;
        }
        InForce next;
        try {
            next = new InForce(before.files(), before.files().map(Encryption::load), seen, "");
        } catch (EvergateException unusable) {
            String trouble = unusable.getMessage() + "; the certificate of before is in use";
            next = new InForce(before.files(), before.keys(), seen, trouble);
        }
        if (replace(before, next)) {
            told.run();
        }
    }

    private synchronized boolean replace(InForce before, InForce next) {
        if (!inForce.equals(before)) {
            return false; // a configuration came in between
        }
        if (!next.trouble().isEmpty()) {
            log.warn("{}", next.trouble());
        } else if (!next.fingerprint().equals(before.fingerprint())) {
            log.info("New connections are encrypted with another certificate");
        }
        set(next);
        return true;
    }

    private static boolean isReadableByOthers(Optional<Tls> files) {
        try {
            return files.isPresent()
                    && Files.getPosixFilePermissions(files.get().key())
                            .contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException gone) {
            return false; // which is told elsewhere
        }
    }

    /** SHA-256 of the certificate; empty without encryption. */
    String fingerprint() {
        return inForce.fingerprint();
    }

    boolean isOn() {
        return inForce.keys().isPresent();
    }

    /** What a person should know. */
    List<String> notices() {
        InForce now = inForce;
        return Stream.concat(
                        now.keys().flatMap(k -> k.notice(world.time().wallMillis())).stream(),
                        Stream.concat(
                                Stream.of(now.trouble())
                                        .filter(t -> !t.isEmpty())
                                        .map(t -> "tls: " + t),
                                readableKey(now).stream()))
                .toList();
    }

    private Optional<String> readableKey(InForce now) {
        return now.files()
                .filter(_ -> isKeyReadable)
                .map(
                        files ->
                                "tls-key-readable: everybody on this machine can read the key; chmod o-r "
                                        + files.key());
    }
}
