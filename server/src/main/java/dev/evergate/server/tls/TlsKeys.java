package dev.evergate.server.tls;

import dev.evergate.api.Secret;
import dev.evergate.core.fault.EvergateException;

import io.netty.handler.ssl.SslHandler;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** A certificate and its private key, as they were in their files at one moment. Immutable. */
public final class TlsKeys {
    /** Renewal is due by now: certificates of public authorities are renewed a month before. */
    private static final long SOON_MS = 14 * 86_400_000L;

    /** A connection that does not take our goodbye is closed without. */
    private static final long CLOSE_NOTIFY_MS = 200;

    private static final long HANDSHAKE_MS = 10_000;

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /** Forward secrecy and authenticated encryption, in this order (RFC 9325 section 4.2). */
    private static final List<String> CIPHERS =
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private final Path file;
    private final List<X509Certificate> chain;
    private final PrivateKey key;
    private final X509Certificate certificate;
    private final SSLContext context;
    private final String[] ciphers;

    private TlsKeys(Path file, List<X509Certificate> chain, PrivateKey key)
            throws GeneralSecurityException, IOException {
        this.file = file;
        this.chain = List.copyOf(chain);
        this.key = key;
        this.certificate = chain.getFirst();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] inMemory = new char[0];
        store.setKeyEntry("gateway", key, inMemory, chain.toArray(Certificate[]::new));
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, inMemory);
        this.context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        List<String> possible =
                Arrays.asList(context.getSupportedSSLParameters().getCipherSuites());
        this.ciphers = CIPHERS.stream().filter(possible::contains).toArray(String[]::new);
    }

    /**
     * Reads both files and proves that they belong together.
     *
     * @param certificate PEM: the gateway's certificate, then those that lead to its authority
     * @param key PEM without a passphrase: PKCS#8, PKCS#1 or SEC1
     * @throws EvergateException CONFIG_REFUSED naming the key of the configuration, the file and
     *     the reason
     */
    public static TlsKeys load(Path certificate, Path key) {
        var certificates = new PemFile("gateway.tls.certPath", certificate);
        List<X509Certificate> chain = certificates.certificates();
        var keys = new PemFile("gateway.tls.keyPath", key);
        PrivateKey secret = keys.privateKeyOf(chain.getFirst().getPublicKey(), certificate);
        try {
            return new TlsKeys(certificate, chain, secret);
        } catch (GeneralSecurityException | IOException e) {
            throw certificates.refused("cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * What clients may pin of a file with a certificate; its key is not needed.
     *
     * @throws EvergateException CONFIG_REFUSED if there is none
     */
    public static String fingerprint(Path certificate) {
        var file = new PemFile("gateway.tls.certPath", certificate);
        return fingerprint(file.certificates().getFirst());
    }

    /** What clients may pin: SHA-256 of the certificate, in lower case hex. */
    public String fingerprint() {
        return fingerprint(certificate);
    }

    private static String fingerprint(X509Certificate of) {
        try {
            byte[] encoded = of.getEncoded();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** Both in one text, which {@link #load} reads as either file. */
    public Secret pem() {
        StringBuilder text = new StringBuilder();
        try {
            for (X509Certificate each : chain) {
                text.append(PemFile.block("CERTIFICATE", each.getEncoded()));
            }
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read has no encoding", e);
        }
        return Secret.of(text.append(PemFile.block("PRIVATE KEY", key.getEncoded())).toString());
    }

    /**
     * What a person should know about the certificate's time; empty as long as it is long enough.
     *
     * @param nowMs since 1970
     */
    public Optional<String> notice(long nowMs) {
        long startMs = certificate.getNotBefore().toInstant().toEpochMilli();
        long endMs = certificate.getNotAfter().toInstant().toEpochMilli();
        if (nowMs >= endMs) {
            return Optional.of(
                    "tls-expired: %s expired on %s; replace it, and it is in force at once"
                            .formatted(file, date(endMs)));
        }
        if (nowMs < startMs) {
            return Optional.of(
                    "tls-not-yet-valid: %s is valid from %s on".formatted(file, date(startMs)));
        }
        return endMs - nowMs < SOON_MS
                ? Optional.of("tls-expires-soon: %s expires on %s".formatted(file, date(endMs)))
                : Optional.empty();
    }

    private static String date(long ms) {
        return Instant.ofEpochMilli(ms).atZone(ZoneOffset.UTC).toLocalDate().toString();
    }

    /**
     * Encrypts one connection that a client has opened.
     *
     * @param slow runs what a handshake computes: milliseconds each time
     */
    SslHandler handler(Executor slow) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setCipherSuites(ciphers);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        engine.setSSLParameters(parameters);
        var handler = new SslHandler(engine, false, slow);
        handler.setHandshakeTimeoutMillis(HANDSHAKE_MS);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_MS);
        return handler;
    }
}
