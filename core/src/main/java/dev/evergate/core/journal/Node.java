package dev.evergate.core.journal;

import java.util.List;
import java.util.Optional;

/**
 * What a device may do for others in the role {@code node}. Times are wall clock.
 *
 * @param allowed what somebody has allowed it to be asked for
 * @param allowedAtMs when; 0 if nobody has
 * @param wish what it offers beyond that, until somebody answers
 * @param version of its program
 * @param connectedAtMs when it last came
 */
public record Node(
        Offer allowed, long allowedAtMs, Optional<Wish> wish, String version, long connectedAtMs) {
    /** The role of a device that others may ask for something. */
    public static final String ROLE = "node";

    /** One that has just come for the first time. */
    public static final Node NEW = new Node(Offer.NOTHING, 0, Optional.empty(), "", 0);

    /**
     * What a node can do.
     *
     * @param caps kinds of things, for people
     * @param commands what can be asked of it; names without blanks
     */
    public record Offer(List<String> caps, List<String> commands) {
        public static final Offer NOTHING = new Offer(List.of(), List.of());

        public Offer {
            caps = List.copyOf(caps);
            commands = List.copyOf(commands);
        }

        /** Whether the other one has nothing that this one does not have. */
        public boolean covers(Offer other) {
            return caps.containsAll(other.caps) && commands.containsAll(other.commands);
        }

        /** What both have, in the order of this one. */
        public Offer shared(Offer other) {
            return new Offer(
                    caps.stream().filter(other.caps::contains).toList(),
                    commands.stream().filter(other.commands::contains).toList());
        }
    }

    /** What a node wants to be allowed to be asked for. */
    public record Wish(String id, Offer offer, long askedAtMs) {}

    /** The same, allowed this. */
    public Node allowed(Offer offer, long atMs) {
        return new Node(offer, atMs, Optional.empty(), version, connectedAtMs);
    }

    public Node with(Optional<Wish> asked) {
        return new Node(allowed, allowedAtMs, asked, version, connectedAtMs);
    }

    /** The same, here again. */
    public Node cameAt(long atMs, String programVersion) {
        return new Node(allowed, allowedAtMs, wish, programVersion, atMs);
    }
}
