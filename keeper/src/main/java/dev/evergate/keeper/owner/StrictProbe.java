package dev.evergate.keeper.owner;

import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Asks a gateway whether it lives, and believes only exactly 200 from the instance that is meant.
 *
 * <p>Thread-safety: stateless.
 */
final class StrictProbe {
    private static final int ANSWER_BYTES_MAX = 4_096;

    /** The keeper's JVM interprets: a handshake takes it seconds on a busy machine. */
    private static final long TLS_MS = 15_000;

    private StrictProbe() {}

    /**
     * {@code GET /healthz?strict=1}, encrypted if that is what the other side wants. Any
     * certificate will do: who answers is known by the instance, and nothing secret is said.
     *
     * @param place {@code address:port}, an IPv6 address in brackets; a wildcard is asked on
     *     loopback
     */
    static Look.Proof ask(String place, String instance, int timeoutMs) {
        long endMs = HostTime.monotonicMs() + timeoutMs;
        try {
            String answer = answer(place, false, endMs);
            if (wantsTls(answer)) {
                answer = answer(place, true, HostTime.monotonicMs() + TLS_MS);
            }
            return judge(answer, instance);
        } catch (IOException | IllegalArgumentException e) {
            return new Look.Proof(false, place + ": " + e.getMessage());
        }
    }

    private static boolean wantsTls(String answer) {
        return answer.startsWith("HTTP/1.1 400 ") && answer.contains("\"type\":\"tls_required\"");
    }

    private static String answer(String place, boolean isEncrypted, long endMs) throws IOException {
        try (Socket plain = new Socket()) {
            int colon = place.lastIndexOf(':');
            int port = Integer.parseInt(place.substring(colon + 1));
            InetAddress address = InetAddress.ofLiteral(reachable(place.substring(0, colon)));
            plain.connect(new InetSocketAddress(address, port), leftMs(endMs));
            plain.setSoTimeout(leftMs(endMs));
            String request =
                    "GET /healthz?strict=1 HTTP/1.1\r\nHost: "
                            + place
                            + "\r\nConnection: close\r\n\r\n";
            Socket socket = isEncrypted ? encrypted(plain, port) : plain;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return answer(socket, endMs);
        }
    }

    private static Socket encrypted(Socket plain, int port) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, null);
            return context.getSocketFactory().createSocket(plain, "", port, false);
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java has no TLS", e);
        }
    }

    private static int leftMs(long endMs) {
        return (int) Math.max(1, endMs - HostTime.monotonicMs());
    }

    /** Trusts. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static String answer(Socket socket, long endMs) throws IOException {
        byte[] bytes = new byte[ANSWER_BYTES_MAX];
        InputStream in = socket.getInputStream();
        int size = 0;
        while (size < bytes.length) {
            socket.setSoTimeout(leftMs(endMs));
            int read = in.read(bytes, size, bytes.length - size);
            if (read < 0) {
                break;
            }
            size += read;
        }
        return new String(bytes, 0, size, StandardCharsets.ISO_8859_1);
    }

    static Look.Proof judge(String answer, String instance) {
        int end = answer.indexOf("\r\n");
        String status = end < 0 ? "no HTTP answer" : answer.substring(0, end);
        boolean isOk = status.startsWith("HTTP/1.1 200 ") || status.equals("HTTP/1.1 200");
        boolean isMeant = answer.contains("\"instance\":\"" + instance + "\"");
        return new Look.Proof(
                isOk && isMeant, isOk && !isMeant ? status + ", another instance" : status);
    }

    private static String reachable(String address) {
        return switch (address) {
            case "0.0.0.0" -> "127.0.0.1";
            case "[::]" -> "::1";
            default ->
                    address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
        };
    }
}
