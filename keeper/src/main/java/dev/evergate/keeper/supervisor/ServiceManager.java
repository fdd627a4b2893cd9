package dev.evergate.keeper.supervisor;

import dev.evergate.keeper.os.Descriptor;
import dev.evergate.keeper.os.NotifySocket;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * Tells the service manager where we stand ({@code sd_notify(3)}); silent without one.
 *
 * <p>Its answers to nothing: a datagram that is lost is sent again by {@link #tick}, and a socket
 * that is missing may come. Pings of the watchdog are sent by the same tick, so that a loop that no
 * longer turns stops them. The main process never changes and is never told. Thread-safety:
 * confined to the keeper's loop.
 */
public final class ServiceManager {
    private static final long REPEAT_MS = 20_000;
    private static final long RETRY_MS = 1_000;

    /** How much longer something may take that is going on. */
    private static final long EXTENSION_MS = 15_000;

    private static final long EXTEND_EVERY_MS = 5_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final String address;
    private final long pingMs;
    private final Consumer<String> trouble;
    private @Nullable NotifySocket socket;
    private boolean isTroubled;
    private String standing = "";
    private String status = "";
    private boolean isExtending = true;
    private boolean isWaiting;
    private long nextRepeatMs = NEVER;
    private long nextExtensionMs;
    private long nextPingMs;

    /**
     * @param trouble hears once what keeps messages from arriving
     */
    public ServiceManager(Supervision supervision, Consumer<String> trouble) {
        this.address = supervision.notifyAddress();
        this.pingMs = supervision.watchdogMs() / 2;
        this.trouble = trouble;
        nextExtensionMs = address.isEmpty() ? NEVER : 0;
        nextPingMs = address.isEmpty() || pingMs == 0 ? NEVER : 0;
    }

    /** The gateway serves; also the end of a reload. */
    public void ready(String text, long nowMs) {
        isWaiting = false;
        isExtending = false;
        stand("READY=1", text, nowMs);
    }

    /**
     * The gateway cannot serve yet, but we are where we are wanted, and wait; other statuses do not
     * cover this one until something comes of it.
     */
    public void waiting(String forWhat, long nowMs) {
        isWaiting = true;
        isExtending = false;
        stand("READY=1", "waiting: " + forWhat, nowMs);
    }

    /** Nothing is in the way any more. */
    public void starting(long nowMs) {
        isWaiting = false;
        status("starting", nowMs);
    }

    /** A restart is going on; {@link #ready} ends it. */
    public void reloading(long nowMs) {
        isWaiting = false;
        isExtending = true;
        nextExtensionMs = Math.min(nextExtensionMs, nowMs + EXTEND_EVERY_MS);
        standing = "";
        // The manager compares this with its own clock, which is the one below nowMs.
        send("RELOADING=1\nMONOTONIC_USEC=" + nowMs * 1_000 + "\nSTATUS=restarting");
        status = "restarting";
        repeatLater(nowMs);
    }

    /** The gateway is ending, and we with it. */
    public void stopping(long nowMs) {
        isExtending = true;
        stand("STOPPING=1", "stopping", nowMs);
    }

    /** A sentence for people. */
    public void status(String text, long nowMs) {
        if (!isWaiting) {
            stand(standing, text, nowMs);
        }
    }

    /** Keeps a copy of a descriptor for our next life. */
    boolean store(String name, Descriptor descriptor) {
        return send("FDSTORE=1\nFDPOLL=0\nFDNAME=" + name, descriptor);
    }

    /** Gives up the copy. */
    void remove(String name) {
        send("FDSTOREREMOVE=1\nFDNAME=" + name);
    }

    boolean isPresent() {
        return !address.isEmpty();
    }

    /** Sends what is due. */
    public void tick(long nowMs) {
        if (nowMs >= nextPingMs) {
            nextPingMs = nowMs + pingMs;
            send("WATCHDOG=1");
        }
        if (nowMs >= nextExtensionMs) {
            nextExtensionMs = nowMs + EXTEND_EVERY_MS;
            if (isExtending) {
                send("EXTEND_TIMEOUT_USEC=" + EXTENSION_MS * 1_000);
            }
        }
        if (nowMs >= nextRepeatMs) {
            tell(nowMs);
        }
    }

    /** When {@link #tick} has something to do. */
    public long nextMs() {
        return Math.min(nextRepeatMs, Math.min(nextExtensionMs, nextPingMs));
    }

    private void stand(String assignment, String text, long nowMs) {
        standing = assignment;
        status = text;
        tell(nowMs);
    }

    private void tell(long nowMs) {
        String line = standing + (standing.isEmpty() ? "" : "\n") + "STATUS=" + oneLine(status);
        if (send(line)) {
            repeatLater(nowMs);
        } else {
            nextRepeatMs = address.isEmpty() ? NEVER : nowMs + RETRY_MS;
        }
    }

    private void repeatLater(long nowMs) {
        nextRepeatMs = address.isEmpty() ? NEVER : nowMs + REPEAT_MS;
    }

    private boolean send(String assignments, Descriptor... descriptors) {
        if (address.isEmpty()) {
            return false;
        }
        try {
            NotifySocket connected = socket;
            if (connected == null) {
                connected = new NotifySocket(address);
                socket = connected;
            }
            connected.send(assignments, descriptors);
            isTroubled = false;
            return true;
        } catch (IOException | IllegalArgumentException e) {
            if (!isTroubled) {
                isTroubled = true;
                trouble.accept("The service manager was not told: " + e.getMessage());
            }
            close(); // It may have been replaced: the next message connects anew.
            return false;
        }
    }

    /** Says nothing more. */
    public void close() {
        NotifySocket connected = socket;
        if (connected != null) {
            connected.close();
            socket = null;
        }
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ');
    }
}
