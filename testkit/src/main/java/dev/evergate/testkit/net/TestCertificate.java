package dev.evergate.testkit.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for 127.0.0.1 and localhost that signs itself, made when it is needed. Both files
 * are PEM. Immutable.
 *
 * @param encoded the certificate in Base64
 */
public record TestCertificate(Path certificate, Path key, String encoded) {
    private static final String PASSWORD = "changeit";
    private static final long KEYTOOL_SECONDS = 60;

    /** An elliptic one that is valid for a year; {@code name} is of the files. */
    public static TestCertificate make(Path folder, String name) {
        return make(folder, name, "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "365");
    }

    /**
     * @param options of {@code keytool -genkeypair}: algorithm and time
     */
    public static TestCertificate make(Path folder, String name, String... options) {
        try {
            Path store = folder.resolve(name + ".p12");
            keytool(store, options);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD.toCharArray());
            }
            Files.delete(store);
            byte[] certificate = keys.getCertificate("it").getEncoded();
            byte[] key = keys.getKey("it", PASSWORD.toCharArray()).getEncoded();
            return new TestCertificate(
                    pem(folder.resolve(name + "-cert.pem"), "CERTIFICATE", certificate),
                    pem(folder.resolve(name + "-key.pem"), "PRIVATE KEY", key),
                    Base64.getEncoder().encodeToString(certificate));
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError("no certificate could be made", e);
        }
    }

    private static void keytool(Path store, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-alias", "it", "-dname", "CN=localhost"));
        command.addAll(List.of("-ext", "san=ip:127.0.0.1,dns:localhost"));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("keytool: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Writes one block. */
    public static Path pem(Path file, String label, byte[] content) throws IOException {
        byte[] lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(content);
        return Files.writeString(
                file,
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(label, new String(lines, StandardCharsets.US_ASCII), label));
    }

    /** SHA-256 of the certificate in lower case hex. */
    public String fingerprint() {
        try {
            byte[] content = Base64.getDecoder().decode(encoded);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** What a server begins with that shows this certificate. */
    public SSLContext serving() {
        try {
            var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys(), new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError("the certificate cannot be used", e);
        }
    }

    private KeyStore keys() throws IOException, GeneralSecurityException {
        String text = Files.readString(key).replaceAll("-----[A-Z ]+-----", "");
        var secret = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text));
        var content = new ByteArrayInputStream(Base64.getDecoder().decode(encoded));
        Certificate shown = CertificateFactory.getInstance("X.509").generateCertificate(content);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "it",
                KeyFactory.getInstance(shown.getPublicKey().getAlgorithm()).generatePrivate(secret),
                new char[0],
                new Certificate[] {shown});
        return keys;
    }

    /** What a client begins with that trusts this certificate and no other. */
    public SSLContext trusting() {
        try (InputStream in = Files.newInputStream(certificate)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            var factory = CertificateFactory.getInstance("X.509");
            trusted.setCertificateEntry("it", factory.generateCertificate(in));
            var managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError("the certificate cannot be trusted", e);
        }
    }
}
