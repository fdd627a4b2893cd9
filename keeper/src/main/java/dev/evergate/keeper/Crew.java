package dev.evergate.keeper;

import dev.evergate.keeper.GatewayPhase.Cause;
import dev.evergate.keeper.GatewayPhase.Mode;
import dev.evergate.keeper.GatewayPhase.Role;
import dev.evergate.keeper.link.Endpoint;
import dev.evergate.keeper.link.LinkMessage;
import dev.evergate.keeper.link.Order;
import dev.evergate.keeper.link.StopOrder;
import dev.evergate.keeper.link.Welcome;
import dev.evergate.keeper.link.Word;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.PacketSocket;
import dev.evergate.keeper.owner.OwnerRecord;
import dev.evergate.keeper.time.HostTime;
import dev.evergate.keeper.watch.Finding;

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
    private final OwnerRecord identity;
    private final GenerationLauncher launcher;
    private final Condemned condemned;
    private final Door door;
    private final RestartBook restarts;
    private final Mailbox mailbox;
    private final KeeperLog log;
    private @Nullable Generation main;
    private @Nullable Generation beside;

    Crew(
            OwnerRecord identity,
            GenerationLauncher launcher,
            Condemned condemned,
            Door door,
            RestartBook restarts,
            Mailbox mailbox,
            KeeperLog log) {
        this.identity = identity;
        this.launcher = launcher;
        this.condemned = condemned;
        this.door = door;
        this.restarts = restarts;
        this.mailbox = mailbox;
        this.log = log;
    }

    /** The one that serves or, while nobody does, boots; null for none. */
    @Nullable Generation main() {
        return main;
    }

    /** Its successor or its predecessor, null for none. */
    @Nullable Generation beside() {
        return beside;
    }

    /** The number of the main one or, if there is none, of the newest there was. */
    long number() {
        return main == null ? launcher.last() : main.number();
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

    /** Starts the next generation as the main one. */
    void launch(Mode mode) {
        door.forgetWishes();
        switch (launcher.launch(identity, mode)) {
            case GenerationLauncher.Launch.Started(var started) -> main = started;
            case GenerationLauncher.Launch.Failed(var refusal) ->
                    mailbox.post(new Mailbox.Mail.NotStarted(refusal, Role.MAIN));
        }
    }

    /** Starts the successor of the main one; {@code cause} counts if nobody wished for it. */
    void launchBeside(String cause) {
        GenerationLauncher.Launch launch = launcher.launch(identity, Mode.NORMAL);
        if (main != null) {
            restarts.begin(main, launcher.last(), cause);
        }
        switch (launch) {
            case GenerationLauncher.Launch.Started(var started) -> beside = started;
            case GenerationLauncher.Launch.Failed(var refusal) ->
                    mailbox.post(new Mailbox.Mail.NotStarted(refusal, Role.BESIDE));
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
        door.promote();
    }

    /** The main generation serves: what nobody has asked for any more is closed. */
    void serves(Generation serving) {
        serving.becameReady(HostTime.monotonicMs());
        launcher.serves(serving);
        closed(door.closeUnwanted());
    }

    /** Its process has ended, without having been asked to. */
    void ended(Generation ended) {
        launcher.ended(ended);
    }

    /** What a successor wanted of the door that has not become one. */
    void giveUpWishes() {
        closed(door.giveUpBeside());
    }

    private void closed(List<Endpoint> endpoints) {
        for (Endpoint endpoint : endpoints) {
            log.info("door.retired", endpoint.name() + " at " + endpoint.place());
        }
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
     * Somebody is dead: whoever waited for that goes on.
     *
     * @param leftMs until it has to be ready
     */
    void inherit(long leftMs) {
        if (main != null) {
            welcome(main, leftMs);
            letInherit(leftMs);
        }
        if (beside != null) {
            welcome(beside, leftMs);
        }
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
        caller.send(
                new Welcome(number, identity.instance(), mode, dead, predecessor, leftMs)
                        .toMessage());
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

    /** Gives main generation and successor one end each of a connection. */
    void handOver(long withinMs) {
        String trouble = connect(withinMs);
        if (!trouble.isEmpty()) {
            mailbox.post(new Mailbox.Mail.NotConnected(trouble));
        }
    }

    /** Says what went wrong, nothing if nothing did. */
    private String connect(long withinMs) {
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
                Order give = new Order(to.number(), withinMs);
                giving.send(give.toMessage(Word.GIVE), first.descriptor());
                Order take = new Order(from.number(), withinMs);
                taking.send(take.toMessage(Word.TAKE), second.descriptor());
            }
            return "";
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

    /** Ends one whose end is awaited. */
    void kill(Role role, Cause cause, Finding.Wedged wedge) {
        Generation generation = in(role);
        if (generation != null) {
            restarts.killed(generation.number(), cause, wedge);
            condemned.add(generation, cause, false, wedge);
        }
    }

    /** Ends one beside whatever comes next, so that nobody waits while it is described. */
    void condemn(Role role, Cause cause, Finding.Wedged wedge) {
        Generation generation = in(role);
        if (generation == null) {
            return;
        }
        if (cause != Cause.ZOMBIE) { // It may still end by itself.
            restarts.killed(generation.number(), cause, wedge);
        }
        condemned.add(generation, cause, true, wedge);
        remove(generation);
        if (role == Role.BESIDE) {
            giveUpWishes();
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
