package dev.evergate.server.session;

import dev.evergate.server.move.Item;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Plays the rest of a stream to connections that come back, each from its own place on. Lives on
 * their loop, for one step.
 */
final class Replay {
    private final Hall hall;
    private final Map<String, ClientSession> back = new HashMap<>();
    private final List<Broadcast> waiting = new ArrayList<>();

    Replay(Hall hall) {
        this.hall = hall;
    }

    /** From here on, these are played to. */
    void join(List<ClientSession> sessions) {
        flush();
        for (ClientSession session : sessions) {
            if (session.thaw()) {
                back.put(session.id(), session);
            }
        }
    }

    void play(Item item) {
        switch (item) {
            case Item.Event(var event) when !back.isEmpty() ->
                    waiting.addAll(hall.frames().of(event));
            case Item.Event _, Item.Batch _ -> {}
            case Item.Response response -> answer(response);
            case Item.Request request -> {
                ClientSession owner = back.get(request.connection());
                if (owner != null) {
                    owner.requests().ifPresent(r -> r.takeOn(request.frame()));
                }
            }
        }
    }

    private void answer(Item.Response response) {
        ClientSession owner = back.get(response.connection());
        if (owner != null) {
            flush();
            owner.requests().ifPresent(r -> r.answerHere(response.text(), response.isLast()));
        }
    }

    private void flush() {
        if (!waiting.isEmpty() && !back.isEmpty()) {
            Bundle bundle = new Bundle(List.copyOf(waiting));
            back.values().forEach(session -> session.events(bundle, 0));
            bundle.release();
        }
        waiting.clear();
    }

    /**
     * Ends.
     *
     * @param lost event frames that the stream had no room for
     * @return all that have come back
     */
    List<ClientSession> finish(long lost) {
        flush();
        Bundle nothing = new Bundle(List.of());
        back.values().forEach(session -> session.events(nothing, lost)); // their numbers are used
        return List.copyOf(back.values());
    }
}
