package dev.evergate.app.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names contents so that nobody can find out a secret by trying: keyed per state directory.
 * Immutable; thread-safe.
 */
public final class ConfigHash {
    private static final String PREFIX = "hmac-sha256:v1:";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_CHARS_MIN = 32;

    private final SecretKeySpec key;

    /**
     * @param key not empty
     */
    public ConfigHash(String key) {
        this.key = new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    /**
     * With the key in a file, which is written if it is not there, readable by its owner only.
     *
     * @param fresh a key nobody can guess
     */
    public static ConfigHash keyedBy(Path file, String fresh) throws IOException {
        if (!Files.exists(file)) {
            write(file, fresh);
        }
        String key = Files.readString(file).strip();
        if (key.length() < KEY_CHARS_MIN) { // damaged: hashes of before are of no use any more
            Files.delete(file);
            write(file, fresh);
            key = fresh;
        }
        return new ConfigHash(key);
    }

    private static void write(Path file, String key) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path next =
                Files.createTempFile(
                        folder,
                        "key",
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(next, key + "\n", StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            Files.createLink(file, next); // the first one stays
        } catch (FileAlreadyExistsException _) {
            // Another generation was first.
        } finally {
            Files.deleteIfExists(next);
        }
    }

    /** Names the texts of files, and which files they are. */
    public String of(Map<Path, String> texts) {
        StringBuilder all = new StringBuilder();
        texts.forEach(
                (path, text) ->
                        all.append(path)
                                .append('\n')
                                .append(text.length())
                                .append('\n')
                                .append(text));
        return of(all.toString());
    }

    /** Names a text. */
    public String of(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] code = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(code);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
