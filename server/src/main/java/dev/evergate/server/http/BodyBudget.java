package dev.evergate.server.http;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that the bodies of all requests together may fill. Thread-safe. */
final class BodyBudget {
    private final AtomicLong freeBytes;

    BodyBudget(long totalBytes) {
        this.freeBytes = new AtomicLong(totalBytes);
    }

    /** Takes {@code bytes} if they are there. */
    boolean reserve(long bytes) {
        if (freeBytes.addAndGet(-bytes) >= 0) {
            return true;
        }
        freeBytes.addAndGet(bytes);
        return false;
    }

    void release(long bytes) {
        freeBytes.addAndGet(bytes);
    }
}
