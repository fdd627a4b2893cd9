package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Role;
import dev.evergate.keeper.link.LinkMessage;
import dev.evergate.keeper.link.Order;
import dev.evergate.keeper.link.StopOrder;
import dev.evergate.keeper.link.Welcome;
import dev.evergate.keeper.link.Word;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.PacketSocket;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The generations whose processes run: the main one, perhaps one beside it, and those that are
 * being ended and of which nothing else is expected.
 *
 * <p>Thread-safety: confined to the keeper's loop.
 */
final class Crew {
    private final String instance;
    private final Condemned condemned;
    private @Nullable Generation main;
    private @Nullable Generation beside;

    Crew(String instance, Condemned condemned) {
        this.instance = instance;
        this.condemned = condemned;
    }

    /** The one that serves or, while nobody does, boots; null for none. */
    @Nullable Generation main() {
        return main;
    }

    /** Its successor or its predecessor, null for none. */
    @Nullable Generation beside() {
        return beside;
    }

    @Nullable Generation in(Role role) {
        return role == Role.MAIN ? main : beside;
    }

    /** The one at the other end of a link, null for anybody else. */
    @Nullable Generation at(LinkDesk.Caller caller) {
        if (main != null && main.caller() == caller) {
            return main;
        }
        return beside != null && beside.caller() == caller ? beside : null;
    }

    /** The one with this number unless it is condemned, null for none. */
    @Nullable Generation numbered(long number) {
        if (main != null && main.number() == number) {
            return main;
        }
        return beside != null && beside.number() == number ? beside : null;
    }

    Role roleOf(Generation generation) {
        return generation == main ? Role.MAIN : Role.BESIDE;
    }

    void add(Generation generation, Role role) {
        if (role == Role.MAIN) {
            main = generation;
        } else {
            beside = generation;
        }
    }

    /** Nothing is expected of it any more. */
    void remove(Generation generation) {
        if (generation == main) {
            main = null;
        } else if (generation == beside) {
            beside = null;
        }
    }

    /** The one beside the main one changes places with it. */
    void promote() {
        Generation before = main;
        main = beside;
        beside = before;
    }

    /** Every process that somebody waits for. */
    List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        if (main != null) {
            pids.add(main.pid());
        }
        if (beside != null) {
            pids.add(beside.pid());
        }
        condemned.addPids(pids);
        return pids;
    }

    /**
     * Lets a generation begin, once all before it are dead but the one that serves: it may take
     * their leases then.
     *
     * @param leftMs until it has to be ready
     */
    void welcome(Generation to, long leftMs) {
        LinkDesk.Caller caller = to.caller();
        if (caller == null || !to.isWaiting() || condemned.hasBefore(to.number())) {
            return;
        }
        long number = to.number();
        long predecessor = to == beside && main != null ? main.number() : 0;
        long dead = (predecessor == 0 ? number : predecessor) - 1;
        String mode = to.mode().label();
        to.welcome(predecessor);
        caller.send(new Welcome(number, instance, mode, dead, predecessor, leftMs).toMessage());
    }

    /**
     * Tells the main generation, if it was welcomed beside another one and has rehearsed, that this
     * one and all before it are dead, once they are.
     *
     * @param leftMs until it has to be ready
     */
    void letInherit(long leftMs) {
        Generation heir = main;
        if (heir != null && heir.isHeir() && !condemned.hasBefore(heir.number())) {
            tell(heir, new Order(heir.predecessor(), leftMs).toMessage(Word.TAKE));
            heir.inherited();
        }
    }

    /** Gives main generation and successor one end each of a connection; says if that failed. */
    @Nullable String handOver(long withinMs) {
        Generation from = main;
        Generation to = beside;
        LinkDesk.Caller giving = from == null ? null : from.caller();
        LinkDesk.Caller taking = to == null ? null : to.caller();
        if (from == null || to == null || giving == null || taking == null) {
            return "one of the two generations has hung up";
        }
        try {
            PacketSocket.Pair pair = PacketSocket.pair();
            try (PacketSocket first = pair.first();
                    PacketSocket second = pair.second()) {
                giving.send(
                        new Order(to.number(), withinMs).toMessage(Word.GIVE), first.descriptor());
                taking.send(
                        new Order(from.number(), withinMs).toMessage(Word.TAKE),
                        second.descriptor());
            }
            return null;
        } catch (OsException e) {
            return "the two generations could not be connected: " + e.getMessage();
        }
    }

    /** Tells the main generation that the hand-over is off. */
    void abort(String reason) {
        if (main != null) {
            String text = LinkMessage.excerpt(reason);
            tell(main, LinkMessage.of(Word.ABORT).with("reason", text));
        }
    }

    /** Tells both to read their configuration again. */
    void reload() {
        LinkMessage message = LinkMessage.of(Word.EVENT).with("name", "reload");
        if (main != null) {
            tell(main, message);
        }
        if (beside != null) {
            tell(beside, message);
        }
    }

    /** Asks one for its end, or ends it if it has not even said hello: nothing of it is lost. */
    void tellToEnd(Role role, StopOrder order) {
        Generation generation = in(role);
        if (generation != null && !tell(generation, order.toMessage())) {
            generation.kill();
        }
    }

    /** Sends the main generation a message; false if it cannot be reached. */
    boolean tellMain(LinkMessage message) {
        return main != null && tell(main, message);
    }

    void killAll() {
        if (main != null) {
            main.kill();
        }
        if (beside != null) {
            beside.kill();
        }
    }

    private static boolean tell(Generation generation, LinkMessage message) {
        LinkDesk.Caller caller = generation.caller();
        if (caller == null) {
            return false;
        }
        caller.send(message);
        return true;
    }
}
