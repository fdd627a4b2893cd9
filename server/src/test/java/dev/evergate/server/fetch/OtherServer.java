package dev.evergate.server.fetch;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * A server somewhere on the internet, which is really on loopback, and the network that leads to
 * it. Names have the addresses that a test gives them, one answer after the other; the last one
 * stays.
 */
public final class OtherServer implements Network, AutoCloseable {
    /** An address that everybody may reach. */
    public static final String PUBLIC = "93.184.216.34";

    /** What it does with a connection whose request it has read. */
    public interface Manner {
        void answer(OutputStream out) throws IOException, InterruptedException;
    }

    private final ServerSocket listener;
    private final SSLContext trusted;
    private final Map<String, List<String>> names = new HashMap<>();
    private final Map<String, Manner> manners = new ConcurrentHashMap<>();
    private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();

    /** Names that were looked up. */
    public final Queue<String> asked = new ConcurrentLinkedQueue<>();

    /** Addresses that were connected to. */
    public final Queue<InetSocketAddress> dialled = new ConcurrentLinkedQueue<>();

    /** Heads of requests that arrived. */
    public final Queue<String> heads = new ConcurrentLinkedQueue<>();

    /** One in the clear. */
    public OtherServer() throws Exception {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), SSLContext.getDefault());
    }

    OtherServer(ServerSocket listener, SSLContext trusted) {
        this.listener = listener;
        this.trusted = trusted;
        Thread.ofVirtual().start(this::serve);
    }

    /** The answers to one look-up after the other, each a few addresses with blanks between. */
    public OtherServer name(String host, String... answers) {
        names.put(host, new ArrayList<>(List.of(answers)));
        return this;
    }

    public OtherServer at(String path, Manner manner) {
        manners.put(path, manner);
        return this;
    }

    public OtherServer at(String path, String head, byte[] body) {
        return at(
                path,
                out -> {
                    out.write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
                    out.write(body);
                });
    }

    /** An ordinary answer. */
    public OtherServer file(String path, String type, byte[] body) {
        String head =
                "HTTP/1.1 200 OK\nContent-Type: %s\nContent-Length: %d\n\n"
                        .formatted(type, body.length);
        return at(path, head, body);
    }

    public OtherServer redirect(String path, String location) {
        return at(
                path,
                "HTTP/1.1 302 Found\nLocation: %s\nContent-Length: 0\n\n".formatted(location),
                new byte[0]);
    }

    private void serve() {
        try {
            while (true) {
                Socket socket = listener.accept();
                connections.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    return;
                }
                head.append((char) next);
            }
            heads.add(head.toString());
            String path = head.toString().split(" ")[1];
            manners.getOrDefault(path, OtherServer::notFound).answer(socket.getOutputStream());
        } catch (IOException | InterruptedException gone) {
            // whoever asked has left
        }
    }

    private static void notFound(OutputStream out) throws IOException {
        out.write(
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public List<InetAddress> resolve(String host) throws IOException {
        asked.add(host);
        List<String> answers = names.get(host);
        if (answers == null) {
            return Network.super.resolve(host);
        }
        String answer = answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
        return List.of(answer.split(" ")).stream().map(InetAddress::ofLiteral).toList();
    }

    @Override
    public void connect(Socket socket, InetSocketAddress address, int timeoutMs)
            throws IOException {
        dialled.add(address);
        socket.connect(listener.getLocalSocketAddress(), timeoutMs);
    }

    @Override
    public SSLSocketFactory encryption() {
        return trusted.getSocketFactory();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }
}
