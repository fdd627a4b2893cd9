package dev.evergate.app.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Opens a new connection every few milliseconds and asks for the gateway's health, until it is
 * stopped; it waits for no answer before it opens the next.
 */
final class Prober implements AutoCloseable {
    private static final int PAUSE_MS = 5;
    private static final int PATIENCE_MS = 20_000;

    private final InetSocketAddress address;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private final Thread thread;
    private volatile boolean stopped;

    private Prober(URI url) {
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), url.getPort());
        this.thread = Thread.ofPlatform().name("prober").start(this::run);
    }

    static Prober start(URI url) {
        return new Prober(url);
    }

    Prober stop() throws InterruptedException {
        stopped = true;
        thread.join(PATIENCE_MS);
        return this;
    }

    int asked() {
        return asked.get();
    }

    int refused() {
        return refused.get();
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }

    @Override
    public String toString() {
        return "asked %s, answered %s, refused %s, broken after connecting %s"
                .formatted(asked, answered, refused, broken);
    }

    private void run() {
        try (var asking = Executors.newVirtualThreadPerTaskExecutor()) {
            while (!stopped) {
                asked.incrementAndGet();
                var _ = asking.submit(this::ask);
                Thread.sleep(PAUSE_MS); // the rate of the load, not synchronisation
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() {
        try (var socket = new Socket()) {
            socket.connect(address, PATIENCE_MS);
            socket.setSoTimeout(PATIENCE_MS);
            socket.getOutputStream()
                    .write(
                            "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
                                    .formatted(address.getPort())
                                    .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            (in.read() < 0 ? broken : answered).incrementAndGet();
        } catch (ConnectException e) {
            refused.incrementAndGet();
        } catch (IOException e) {
            // Accepted by a generation that was then killed: its connections die with it.
            broken.incrementAndGet();
        }
    }
}
