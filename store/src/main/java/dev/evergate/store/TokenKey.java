package dev.evergate.store;

import dev.evergate.api.Secret;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.time.World;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The key that device tokens are made with: a file beside the database, for this user alone. Two
 * processes may ask for it at once and get the same one. Thread-safe.
 */
final class TokenKey {
    private static final String NAME = "device-tokens.key";

    private final Path directory;
    private final World world;
    private volatile @Nullable Secret known;

    TokenKey(Path directory, World world) {
        this.directory = directory;
        this.world = world;
    }

    /**
     * Reads it, or makes it, durably, where there is none.
     *
     * @throws EvergateException {@code STATE_UNUSABLE}
     */
    Secret get() {
        Secret key = known;
        if (key == null) {
            key = readOrMake(directory.resolve(NAME));
            known = key;
        }
        return key;
    }

    private Secret readOrMake(Path file) {
        try {
            if (!Files.exists(file)) {
                make(file);
            }
            Secret key = Secret.of(Files.readString(file).strip());
            if (!key.isPresent()) {
                throw new IOException("it is empty");
            }
            return key;
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE,
                    ("The key %s cannot be used (%s): this user must be able to read and write it."
                                    + " Without the file a new one is made, and paired devices get"
                                    + " new tokens")
                            .formatted(file, e),
                    e);
        }
    }

    /** Whoever is first, wins; nobody ever sees half of it. */
    private void make(Path file) throws IOException {
        Path draft = directory.resolve(NAME + "." + world.ids().next());
        StoreFile.create(directory, draft.getFileName().toString());
        try {
            try (var out = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                byte[] key = world.ids().token().getBytes(StandardCharsets.US_ASCII);
                ByteBuffer left = ByteBuffer.wrap(key);
                while (left.hasRemaining()) {
                    int _ = out.write(left);
                }
                out.force(true);
            }
            try {
                Path _ = Files.createLink(file, draft);
            } catch (FileAlreadyExistsException _) {
                return;
            }
            StoreFile.sync(directory);
        } finally {
            boolean _ = Files.deleteIfExists(draft);
        }
    }
}
