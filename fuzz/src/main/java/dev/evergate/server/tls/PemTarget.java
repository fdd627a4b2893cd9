package dev.evergate.server.tls;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.fuzz.Input;
import dev.evergate.fuzz.Target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.List;

/** A file in the place of a certificate or a key is read, or refused in words for people. */
public final class PemTarget implements Target {
    private static final PublicKey CERTIFIED = certified();

    private final Path file;

    public PemTarget() {
        try {
            file = Files.createTempFile("pem", ".fuzz");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        file.toFile().deleteOnExit();
    }

    private static PublicKey certified() {
        try {
            return KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                Input.utf8(PemFile.block("CERTIFICATE", new byte[] {0x30, 3, 2, 1, 0})),
                Input.utf8(PemFile.block("PRIVATE KEY", new byte[] {0x30, 3, 2, 1, 0})),
                Input.utf8("text\n" + PemFile.block("EC PRIVATE KEY", new byte[200])),
                Input.utf8(PemFile.block("ENCRYPTED PRIVATE KEY", new byte[] {1})));
    }

    @Override
    public void take(byte[] input) throws IOException {
        Files.write(file, input);
        PemFile pem = new PemFile("gateway.tls.certPath", file);
        try {
            var _ = pem.certificates();
        } catch (EvergateException refused) {
            requireNamed(refused);
        }
        try {
            var _ = pem.privateKeyOf(CERTIFIED, file);
            throw new AssertionError("it took a key of somebody else's certificate");
        } catch (EvergateException refused) {
            requireNamed(refused);
        }
    }

    private void requireNamed(EvergateException refused) {
        if (!String.valueOf(refused.getMessage()).startsWith("gateway.tls.certPath: " + file)) {
            throw new AssertionError(refused);
        }
    }

    @Override
    public int bytesPerByte() {
        return 512;
    }
}
