package dev.evergate.keeper.owner;

import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Asks a gateway whether it lives, and believes only exactly 200 from the instance that is meant.
 *
 * <p>Thread-safety: stateless.
 */
final class StrictProbe {
    private static final int ANSWER_BYTES_MAX = 4_096;

    private StrictProbe() {}

    /**
     * {@code GET /healthz?strict=1}.
     *
     * @param place {@code address:port}, an IPv6 address in brackets; a wildcard is asked on
     *     loopback
     */
    static Look.Proof ask(String place, String instance, int timeoutMs) {
        long endMs = HostTime.monotonicMs() + timeoutMs;
        try (Socket socket = new Socket()) {
            int colon = place.lastIndexOf(':');
            int port = Integer.parseInt(place.substring(colon + 1));
            InetAddress address = InetAddress.ofLiteral(reachable(place.substring(0, colon)));
            socket.connect(new InetSocketAddress(address, port), timeoutMs);
            String request =
                    "GET /healthz?strict=1 HTTP/1.1\r\nHost: "
                            + place
                            + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return judge(answer(socket, endMs), instance);
        } catch (IOException | IllegalArgumentException e) {
            return new Look.Proof(false, place + ": " + e.getMessage());
        }
    }

    private static String answer(Socket socket, long endMs) throws IOException {
        byte[] bytes = new byte[ANSWER_BYTES_MAX];
        InputStream in = socket.getInputStream();
        int size = 0;
        while (size < bytes.length) {
            socket.setSoTimeout((int) Math.max(1, endMs - HostTime.monotonicMs()));
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
