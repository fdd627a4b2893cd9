package dev.evergate.app.cli.wire;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Whose certificate counts as the gateway's. Immutable.
 *
 * @param fingerprint SHA-256 of the one certificate that does, in lower case hex; empty for every
 *     one that this system trusts for the gateway's name
 */
public record Trust(Optional<String> fingerprint) {
    /** What this system trusts. */
    public static final Trust SYSTEM = new Trust(Optional.empty());

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    /**
     * In one certificate, whoever issued it, and for any name.
     *
     * @param text its fingerprint as tools show it: {@code sha256:} in front, colons and upper case
     *     do not matter
     * @return empty if it is no SHA-256
     */
    public static Optional<Trust> in(String text) {
        String plain =
                text.strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceFirst("^sha-?256[:= ]", "")
                        .replace(":", "");
        return FORM.matcher(plain).matches()
                ? Optional.of(new Trust(Optional.of(plain)))
                : Optional.empty();
    }

    /** Encrypts a connected socket; the handshake has not begun. Closing it closes both. */
    SSLSocket encrypt(Socket plain, String host, int port) throws IOException {
        SSLSocket secure = (SSLSocket) factory().createSocket(plain, host, port, true);
        if (fingerprint.isEmpty()) {
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
        }
        return secure;
    }

    private SSLSocketFactory factory() {
        if (fingerprint.isEmpty()) {
            return (SSLSocketFactory) SSLSocketFactory.getDefault();
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Pin(fingerprint.get())}, null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    /** Trusts one certificate. */
    private record Pin(String fingerprint) implements X509TrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            String shown = digest(chain[0]);
            if (!shown.equals(fingerprint)) {
                throw new CertificateException(
                        "its certificate has the fingerprint %s (expected: %s)"
                                .formatted(shown, fingerprint));
            }
        }

        private static String digest(X509Certificate certificate) throws CertificateException {
            try {
                MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                return HexFormat.of().formatHex(sha256.digest(certificate.getEncoded()));
            } catch (GeneralSecurityException e) {
                throw new CertificateException(e);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            throw new CertificateException("nobody is served here");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
