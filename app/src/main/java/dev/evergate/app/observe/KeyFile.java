package dev.evergate.app.observe;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.spi.GatewayKey;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;

/**
 * The gateway's own Ed25519 key, in a file that only its owner may read; made when it is asked for
 * first, and the same for every generation from then on. Thread-safe.
 *
 * <p>Two lines of base64: the private key (PKCS #8) and the public one (X.509).
 */
public final class KeyFile implements Supplier<GatewayKey> {
    private static final String ALGORITHM = "Ed25519";
    private static final int RAW_BYTES = 32;

    private final Path file;

    public KeyFile(Path file) {
        this.file = file;
    }

    /**
     * @throws EvergateException UNAVAILABLE if the file can neither be read nor made, or is damaged
     */
    @Override
    public GatewayKey get() {
        try {
            if (!Files.exists(file)) {
                make();
            }
            return read(Files.readAllLines(file));
        } catch (IOException e) {
            throw unusable(e);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unusable(e);
        }
    }

    private EvergateException unusable(Exception why) {
        return new EvergateException(
                ErrorCode.UNAVAILABLE,
                ("The gateway's key in %s cannot be used: %s (expected: a file that this"
                                + " program wrote; delete it to get a new key)")
                        .formatted(file, why),
                why);
    }

    private static GatewayKey read(List<String> lines) throws GeneralSecurityException {
        if (lines.size() != 2) {
            throw new IllegalArgumentException(lines.size() + " lines instead of 2");
        }
        Base64.Decoder base64 = Base64.getDecoder();
        byte[] encoded = base64.decode(lines.get(1));
        KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
        PublicKey shown = keys.generatePublic(new X509EncodedKeySpec(encoded));
        PrivateKey kept =
                keys.generatePrivate(new PKCS8EncodedKeySpec(base64.decode(lines.get(0))));
        prove(kept, shown);
        byte[] raw = Arrays.copyOfRange(encoded, encoded.length - RAW_BYTES, encoded.length);
        return new GatewayKey(
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(raw)),
                Base64.getUrlEncoder().withoutPadding().encodeToString(raw));
    }

    private static void prove(PrivateKey kept, PublicKey shown) throws GeneralSecurityException {
        byte[] text = shown.getEncoded();
        Signature signing = Signature.getInstance(ALGORITHM);
        signing.initSign(kept);
        signing.update(text);
        byte[] signature = signing.sign();
        Signature checking = Signature.getInstance(ALGORITHM);
        checking.initVerify(shown);
        checking.update(text);
        if (!checking.verify(signature)) {
            throw new GeneralSecurityException("its two halves do not fit together");
        }
    }

    private void make() throws IOException, GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        Base64.Encoder base64 = Base64.getEncoder();
        String text =
                base64.encodeToString(pair.getPrivate().getEncoded())
                        + "\n"
                        + base64.encodeToString(pair.getPublic().getEncoded())
                        + "\n";
        Path next =
                Files.createTempFile(
                        file.toAbsolutePath().getParent(),
                        "key",
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(next, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            Files.createLink(file, next); // the first one stays
        } catch (FileAlreadyExistsException _) {
            // Another generation was first.
        } finally {
            Files.deleteIfExists(next);
        }
    }
}
