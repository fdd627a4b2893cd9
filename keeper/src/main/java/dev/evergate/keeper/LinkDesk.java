package dev.evergate.keeper;

import dev.evergate.keeper.link.LinkFormatException;
import dev.evergate.keeper.link.LinkMessage;
import dev.evergate.keeper.link.LinkSocket;
import dev.evergate.keeper.link.Word;
import dev.evergate.keeper.os.Descriptor;
import dev.evergate.keeper.os.Errno;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.PacketSocket;
import dev.evergate.keeper.os.PollSet;
import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keeper's end of all links: accepts, reads and writes without ever waiting for a peer.
 *
 * <p>Thread-safety: confined to the keeper's loop.
 */
final class LinkDesk {
    /** Each of these may be somebody who waits for a restart; those to come wait in the kernel. */
    static final int CALLERS_MAX = 160;

    private static final int MESSAGES_PER_ROUND = 64;
    private static final long PAUSE_MS = 100;

    private final PacketSocket listening;
    private final int ownUid;
    private final Clerk clerk;
    private final List<Caller> callers = new ArrayList<>();
    private long closedUntilMs;

    /** Who understands the messages. */
    interface Clerk {
        /** A message arrived; descriptors that came with it are closed afterwards. */
        void handle(Caller caller, LinkMessage message) throws LinkFormatException;

        /** A caller is gone. */
        void left(Caller caller);
    }

    /** Somebody at the other end of a link. */
    static final class Caller {
        private final LinkSocket socket;
        private final int pid;
        private boolean isWatching;
        private boolean isGone;

        private Caller(LinkSocket socket, int pid) {
            this.socket = socket;
            this.pid = pid;
        }

        /** The process that connected, as the kernel says. */
        int pid() {
            return pid;
        }

        /** Sends, or hangs up on a caller that does not read. */
        void send(LinkMessage message, Descriptor... descriptors) {
            if (isGone) {
                return;
            }
            try {
                socket.send(message, descriptors);
            } catch (IOException | IllegalArgumentException e) {
                isGone = true; // Also one that made us repeat more than a message can hold.
            }
        }

        /** Ends the link after the present message. */
        void hangUp() {
            isGone = true;
        }

        /** Sends it every change of phase from now on. */
        void watch() {
            isWatching = true;
        }
    }

    LinkDesk(PacketSocket listening, int ownUid, Clerk clerk) {
        this.listening = listening;
        this.ownUid = ownUid;
        this.clerk = clerk;
    }

    void addTo(PollSet set) {
        if (callers.size() < CALLERS_MAX && HostTime.monotonicMs() >= closedUntilMs) {
            set.add(listening.descriptor());
        }
        for (Caller caller : callers) {
            set.add(caller.socket.descriptor());
        }
    }

    /** Serves whom the poll found ready. */
    void attend(PollSet set) {
        for (int i = callers.size() - 1; i >= 0; i--) {
            Caller caller = callers.get(i);
            if (!caller.isGone && set.isReady(caller.socket.descriptor())) {
                read(caller);
            }
        }
        if (set.isReady(listening.descriptor())) {
            accept();
        }
        sweep();
    }

    /** Reads everything that has arrived by now, from new callers too. */
    void settle() {
        accept();
        for (int i = callers.size() - 1; i >= 0; i--) {
            if (!callers.get(i).isGone) {
                read(callers.get(i));
            }
        }
        sweep();
    }

    /** Sends a message to everybody who watches. */
    void tellWatchers(LinkMessage message) {
        for (Caller caller : callers) {
            if (caller.isWatching) {
                caller.send(message);
            }
        }
    }

    void close() {
        for (Caller caller : callers) {
            caller.socket.close();
        }
        callers.clear();
        listening.close();
    }

    private void accept() {
        try {
            while (callers.size() < CALLERS_MAX) { // Who comes later waits in the kernel.
                Optional<PacketSocket> accepted = listening.accept();
                if (accepted.isEmpty()) {
                    return;
                }
                PacketSocket socket = accepted.get();
                PacketSocket.Peer peer = socket.peer();
                boolean isAllowed = peer.uid() == ownUid || peer.uid() == 0;
                if (isAllowed) {
                    callers.add(new Caller(new LinkSocket(socket), peer.pid()));
                } else {
                    socket.close();
                }
            }
        } catch (OsException e) {
            // Out of descriptors, or the caller has gone again; trying at once could spin.
            closedUntilMs = HostTime.monotonicMs() + PAUSE_MS;
        }
    }

    private void read(Caller caller) {
        for (int i = 0; i < MESSAGES_PER_ROUND && !caller.isGone; i++) {
            try {
                Optional<LinkSocket.Received> received = caller.socket.receive();
                if (received.isEmpty()) {
                    caller.isGone = true;
                    return;
                }
                received.get().discard();
                understand(caller, received.get().message());
            } catch (LinkFormatException e) {
                caller.send(
                        LinkMessage.of(Word.ABORT)
                                .with(
                                        "reason",
                                        LinkMessage.excerpt(String.valueOf(e.getMessage()))));
            } catch (OsException e) {
                caller.isGone = !e.is(Errno.EAGAIN);
                return;
            } catch (IOException e) {
                caller.isGone = true;
            }
        }
    }

    private void understand(Caller caller, LinkMessage message) throws LinkFormatException {
        if (message.version() > LinkMessage.VERSION) {
            caller.send(LinkMessage.of(Word.UNKNOWN).with("word", message.word()));
        } else {
            clerk.handle(caller, message);
        }
    }

    private void sweep() {
        for (int i = callers.size() - 1; i >= 0; i--) {
            Caller caller = callers.get(i);
            if (caller.isGone) {
                callers.remove(i);
                caller.socket.close();
                clerk.left(caller);
            }
        }
    }
}
