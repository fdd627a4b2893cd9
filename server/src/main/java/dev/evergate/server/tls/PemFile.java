package dev.evergate.server.tls;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file in PEM format (RFC 7468) that the configuration names. Immutable; each question reads the
 * file.
 *
 * @param key of the configuration that names it
 */
record PemFile(String key, Path file) {
    private static final int BYTES_MAX = 1 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    private static final int LINE_CHARS = 64;
    private static final byte[] NEW_LINE = {'\n'};
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    private static final class Block {
        final String label;
        final byte[] content;

        Block(String label, byte[] content) {
            this.label = label;
            this.content = content;
        }
    }

    static String block(String label, byte[] content) {
        String lines = Base64.getMimeEncoder(LINE_CHARS, NEW_LINE).encodeToString(content);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, lines, label);
    }

    /** The certificates, the first one being the gateway's. */
    List<X509Certificate> certificates() {
        List<X509Certificate> chain = new ArrayList<>();
        for (Block block : blocks()) {
            if (block.label.equals("CERTIFICATE")) {
                chain.add(certificate(block.content));
            }
        }
        if (chain.isEmpty()) {
            throw refused("has no certificate (expected: PEM, \"-----BEGIN CERTIFICATE-----\")");
        }
        return chain;
    }

    private X509Certificate certificate(byte[] content) {
        try {
            var factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(content));
        } catch (CertificateException e) {
            throw refused("has a certificate that cannot be read: " + e.getMessage(), e);
        }
    }

    /** The private key, which must be the one of the certificate with this public key. */
    PrivateKey privateKeyOf(PublicKey certified, Path certificate) {
        Block block =
                blocks().stream()
                        .filter(each -> each.label.endsWith("PRIVATE KEY"))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        refused(
                                                "has no private key (expected: PEM,"
                                                        + " \"-----BEGIN PRIVATE KEY-----\")"));
        byte[] encoded =
                switch (block.label) {
                    case "PRIVATE KEY" -> block.content;
                    // Both are the inner part of PKCS#8; the outer part says what the certificate
                    // says: which algorithm, which curve.
                    case "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
                            wrapped(algorithmOf(certified.getEncoded()), block.content);
                    default ->
                            throw refused(
                                    "has a key of the form \"%s\" (expected: one without a"
                                                    .formatted(block.label)
                                            + " passphrase; openssl pkey -in FILE -out NEW)");
                };
        String foreign = "is not the key of the certificate in " + certificate;
        try {
            PrivateKey secret =
                    KeyFactory.getInstance(certified.getAlgorithm())
                            .generatePrivate(new PKCS8EncodedKeySpec(encoded));
            if (!isPair(secret, certified)) {
                throw refused(foreign);
            }
            return secret;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw refused(foreign, e);
        }
    }

    private static boolean isPair(PrivateKey secret, PublicKey certified)
            throws GeneralSecurityException {
        String algorithm =
                switch (certified.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> certified.getAlgorithm();
                };
        byte[] said = "the same".getBytes(StandardCharsets.US_ASCII);
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(secret);
        signature.update(said);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(said);
        return signature.verify(signed);
    }

    /** The first element of a SubjectPublicKeyInfo (RFC 5280 section 4.1). */
    private static byte[] algorithmOf(byte[] publicKey) {
        int start = headerBytes(publicKey, 0);
        int header = headerBytes(publicKey, start);
        int length = publicKey[start + 1] & 0xff; // an algorithm takes less than 128 bytes
        byte[] algorithm = new byte[header + length];
        System.arraycopy(publicKey, start, algorithm, 0, algorithm.length);
        return algorithm;
    }

    private static int headerBytes(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return first < 0x80 ? 2 : 2 + (first & 0x7f);
    }

    /** PrivateKeyInfo (RFC 5208 section 5). */
    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        var inner = new ByteArrayOutputStream();
        inner.writeBytes(VERSION_0);
        inner.writeBytes(algorithm);
        inner.writeBytes(element(OCTETS, key));
        return element(SEQUENCE, inner.toByteArray());
    }

    private static byte[] element(int tag, byte[] content) {
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >>> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        Matcher found = BLOCK.matcher(text());
        while (found.find()) {
            try {
                String content = found.group(2);
                blocks.add(new Block(found.group(1), Base64.getMimeDecoder().decode(content)));
            } catch (IllegalArgumentException e) {
                throw refused("is damaged: " + e.getMessage(), e);
            }
        }
        return blocks;
    }

    private String text() {
        if (file.toString().isEmpty()) {
            throw refused("names no file (expected: the path of a PEM file)");
        }
        // Anything else could block, or never end.
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw refused("is not a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw refused("is bigger than 1 MiB");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw refused("does not exist", e);
        } catch (IOException e) {
            throw refused("cannot be read: " + e, e);
        }
    }

    private EvergateException refused(String reason) {
        return new EvergateException(ErrorCode.CONFIG_REFUSED, sentence(reason));
    }

    EvergateException refused(String reason, Throwable cause) {
        return new EvergateException(ErrorCode.CONFIG_REFUSED, sentence(reason), cause);
    }

    private String sentence(String reason) {
        return key + ": " + file + " " + reason;
    }
}
