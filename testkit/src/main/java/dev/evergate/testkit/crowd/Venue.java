package dev.evergate.testkit.crowd;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** Where a crowd goes, and what its members share. Thread-safe. */
final class Venue {
    /** So many local addresses that ports never run short. */
    private static final int SOURCES = 8;

    private static final int WAITING_MAX = 100;

    private final InetSocketAddress address;
    private final String token;
    private final Loop loop;
    private final Account account;
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean isOver;

    Venue(InetSocketAddress address, String token, Loop loop, Account account) {
        this.address = address;
        this.token = token;
        this.loop = loop;
        this.account = account;
    }

    InetSocketAddress address() {
        return address;
    }

    InetSocketAddress source() {
        int next = Math.floorMod(turn.getAndIncrement(), SOURCES);
        return new InetSocketAddress("127.0.0." + (2 + next), 0);
    }

    Loop loop() {
        return loop;
    }

    Account account() {
        return account;
    }

    /**
     * Whether so many wait to be served that more would only measure a machine which cannot serve
     * the pace; each of those who wait must be served all the same.
     */
    boolean isFull() {
        return waiting.get() >= WAITING_MAX;
    }

    /** Somebody new waits to be served. */
    void came() {
        waiting.incrementAndGet();
    }

    /** One of them does not wait any more. */
    void went() {
        waiting.decrementAndGet();
    }

    /** Nothing new is begun any more. */
    boolean isOver() {
        return isOver;
    }

    void end() {
        isOver = true;
    }

    String hello(String scopes) {
        return """
        {"minProtocol":4,"maxProtocol":4,"role":"operator",\
        "client":{"id":"gateway-client","version":"0.0.1","platform":"test","mode":"backend"},\
        "scopes":[%s],"caps":[],"auth":{"token":"%s"}}"""
                .formatted(scopes, token);
    }
}
