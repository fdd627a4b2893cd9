package dev.evergate.server;

import dev.evergate.server.move.Arrivals;
import dev.evergate.server.move.Departure;
import dev.evergate.server.move.Item;
import dev.evergate.server.move.Moving;
import dev.evergate.server.transit.FrozenCodec;
import dev.evergate.server.transit.FrozenSession;
import dev.evergate.server.ws.UnreadInput;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Breaks one rule of moving, so that tests can be seen to notice. */
final class BrokenFerry extends Ferry {
    private final Rule broken;
    private final List<Item.Event> late = new ArrayList<>();

    /** What must hold. */
    enum Rule {
        /** What stands before a batch has been sent to its connections. */
        EVENTS_BEFORE_A_BATCH_ARE_SENT,
        /** What stands behind a batch reaches its connections. */
        NOTHING_OVERTAKES_A_BATCH,
        /** Answers follow their connection. */
        ANSWERS_FOLLOW,
        /** Input that was read moves. */
        UNREAD_INPUT_MOVES,
        /** Output that was not sent moves. */
        UNSENT_OUTPUT_MOVES,
        /** The numbers of events go on. */
        NUMBERS_GO_ON
    }

    BrokenFerry(Rule broken) throws IOException {
        this.broken = broken;
    }

    @Override
    boolean isOwed() {
        return broken != Rule.ANSWERS_FOLLOW && super.isOwed();
    }

    @Override
    Moving across(Moving moving) throws IOException {
        Moving sound = super.across(moving);
        FrozenSession was = FrozenCodec.decode(sound.body());
        UnreadInput nothing = new UnreadInput(UnreadInput.Begun.NOTHING, new byte[0], new byte[0]);
        FrozenSession is =
                new FrozenSession(
                        was.versions(),
                        broken == Rule.NUMBERS_GO_ON ? withoutNumber(was) : was.standing(),
                        broken == Rule.UNREAD_INPUT_MOVES ? nothing : was.input(),
                        broken == Rule.UNSENT_OUTPUT_MOVES ? new byte[0] : was.output());
        return new Moving(sound.id(), sound.descriptor(), FrozenCodec.encode(is));
    }

    private static FrozenSession.Standing withoutNumber(FrozenSession session) {
        return session.standing() instanceof FrozenSession.Open open
                ? new FrozenSession.Open(
                        open.grant(), open.warrant(), open.seat(), 0, open.owed(), open.pulse())
                : session.standing();
    }

    @Override
    void carry(Item item, Departure departure, TestServer to) throws Exception {
        switch (item) {
            case Item.Event event when broken == Rule.EVENTS_BEFORE_A_BATCH_ARE_SENT ->
                    late.add(event);
            case Item.Response _ when broken == Rule.ANSWERS_FOLLOW -> {}
            case Item.Batch batch when broken == Rule.NOTHING_OVERTAKES_A_BATCH -> {
                Arrivals arrivals = to.server.arrivals(across(batch));
                departure.adopted();
                Optional<Item> behind = departure.next(5);
                while (behind.isPresent()) {
                    carry(behind.get(), departure, to);
                    behind = departure.next(0);
                }
                arrivals.begin();
            }
            case Item.Event _, Item.Response _, Item.Request _, Item.Batch _ ->
                    super.carry(item, departure, to);
        }
        if (item instanceof Item.Batch) {
            for (Item.Event event : List.copyOf(late)) {
                super.carry(event, departure, to);
            }
            late.clear();
        }
    }
}
