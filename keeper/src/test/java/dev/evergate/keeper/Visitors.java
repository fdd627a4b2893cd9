package dev.evergate.keeper;

import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.net.ConnectException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Connects again and again and counts what comes of it. */
final class Visitors implements AutoCloseable {
    final AtomicInteger served = new AtomicInteger();
    final AtomicInteger refused = new AtomicInteger();
    final AtomicInteger cut = new AtomicInteger();
    final Set<String> answers = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean isOver;

    Visitors(int port) {
        thread = HostTime.startDaemon("visitors", () -> visit(port));
    }

    private void visit(int port) {
        while (!isOver) {
            try {
                String answer = KeeperProcess.get(port);
                answers.add(answer.substring(answer.lastIndexOf('\n') + 1));
                served.incrementAndGet();
            } catch (ConnectException e) {
                refused.incrementAndGet();
            } catch (IOException e) {
                cut.incrementAndGet(); // Accepted by a generation that died with it.
            }
            HostTime.sleep(2);
        }
    }

    @Override
    public void close() throws InterruptedException {
        isOver = true;
        thread.join(KeeperProcess.PATIENCE_MS);
    }
}
