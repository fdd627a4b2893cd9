package dev.evergate.core.gateway;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.EmbeddingAnswer;
import dev.evergate.api.EmbeddingRequest;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.device.Pairing;
import dev.evergate.core.gateway.GatewayEvent.DeviceChanged;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.Usage;
import dev.evergate.core.plugin.PluginSet;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Loop;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The gateway of one generation.
 *
 * <p>It serves from {@link #enter} on, when the generation holds the lease. Before, it accepts
 * messages and keeps them waiting, and reads; other writes wait a moment for the lease. A hand-over
 * to a successor is {@link #pause}, then {@link #leaveTo} or, if it comes to nothing, {@link
 * #goOn}; there may be many that come to nothing.
 */
public final class LiveGateway implements Gateway {
    /** How long turns that are left to the next generation get to write down what they said. */
    public static final long SETTLE_MS = 500;

    private static final String RESTARTING = "gateway restarting; retry shortly";

    private final TurnBoard board;
    private final Intake intake = new Intake();
    private final PinnedGateway.Rooms rooms;
    private volatile GatewayParts parts;

    /**
     * @param parts its own from now on, the plugins too
     * @param loop decides about the order of turns
     */
    public LiveGateway(GatewayParts parts, Loop loop) {
        this.parts = parts;
        var tenure = new Tenure(parts.world());
        var ends = new StoredEnds(this::parts, new Told());
        this.board = new TurnBoard(this::parts, tenure, ends, loop, new CommandWork());
        var histories = new HistoryReader(parts.journal(), board);
        var pairing =
                new Pairing(
                        parts.world(),
                        parts.journal().devices(),
                        tenure::write,
                        happened -> parts.feed().publish(new DeviceChanged(happened)));
        EventFeed.Subscription _ = parts.feed().subscribe(event -> heardOfDevice(pairing, event));
        this.rooms = new PinnedGateway.Rooms(tenure, ends, board, histories, intake, pairing);
    }

    private static void heardOfDevice(Pairing pairing, GatewayEvent event) {
        if (event instanceof DeviceChanged(var happened)) {
            pairing.heard(happened);
        }
    }

    private GatewayParts parts() {
        return parts;
    }

    /**
     * Puts a configuration into force with what it loaded: for every request and every turn that
     * begins from now on. What has begun keeps what it began with; the plugins of the configuration
     * before are closed when nobody uses them any more. Does not block.
     *
     * @param plugins the gateway's own from now on; may be those in use
     */
    public synchronized void use(ConfigSnapshot config, PluginSet plugins) {
        PluginSet before = parts.plugins();
        parts = parts.with(config, plugins);
        board.runAtMost(config.agents().maxConcurrent());
        if (before != plugins) {
            before.release();
        }
    }

    /** What the configuration in force has loaded. */
    public PluginSet plugins() {
        return parts.plugins();
    }

    /**
     * Serves under this epoch, alone: takes up every accepted message that has met no fate, in
     * order of arrival, also what a generation before was heard to run. Call one {@code enter},
     * once. Blocks on the store. A gateway that refuses messages takes up none, now or later.
     */
    public void enter(Epoch epoch) {
        enter(epoch, List.of(), _ -> {});
        predecessorGone();
    }

    /**
     * Serves under this epoch while the generation before ends the turns that run in it: their
     * conversations wait for them; everything else that has met no fate is taken up here. {@link
     * #predecessorGone} is owed from then on. Call one {@code enter}, once. Blocks on the store.
     *
     * @param abroad what {@link #pause} answered there, asked when its events were on their way
     *     here already
     */
    public void enter(Epoch epoch, List<ActiveRun> abroad, Predecessor predecessor) {
        board.enter(epoch, abroad, predecessor, !intake.isRefusing());
    }

    /**
     * An event of the generation before: published here, unless it is about a run that this one has
     * begun again. Call in their order, also before {@link #enter}. Does not block.
     */
    public void hear(GatewayEvent event) {
        board.hear(event);
    }

    /** The generation before has accepted a message this one may not know of. Does not block. */
    public void accepted(String runId) {
        board.accepted(runId);
    }

    /**
     * The generation before is no more: what it did not end is begun again here, and whatever it
     * accepted last is taken up. Later calls look for the latter again. Blocks on the store, for as
     * long as that cannot be read.
     */
    public void predecessorGone() {
        board.predecessorGone();
    }

    /**
     * Starts no turn any more, while messages are still accepted and what runs goes on. Waits up to
     * 500 ms for turns that are about to begin; those that do not are put back. May be called
     * again, to learn what still runs.
     *
     * @return the turns that run here
     */
    public List<ActiveRun> pause() {
        return board.pause();
    }

    /**
     * Takes back a {@link #pause}: what waited starts, under this epoch, and what the successor has
     * accepted before it died. Turns that run keep the epoch they began with. Blocks on the store.
     */
    public void goOn(Epoch epoch) {
        board.goOn(epoch);
    }

    /**
     * Leaves what waits, and every message that is still accepted here, to the generation that has
     * taken the lease; whoever waits for such a turn here is told to ask again. Call after {@link
     * #pause}.
     */
    public void leaveTo(Heir heir) {
        board.leaveTo(heir);
    }

    /** Stops a turn that runs here; without effect if there is none. Does not block. */
    public void stop(String runId) {
        board.stop(runId);
    }

    /** Refuses new messages from now on and tells their senders why; what runs goes on. */
    public void refuse(String why) {
        intake.refuse(why);
    }

    /** How many turns of this generation there are at this moment. Does not wait. */
    public Load load() {
        return board.load();
    }

    /**
     * The same with the turns that go on in the generation before, which are this gateway's as
     * well. Does not wait.
     */
    public Load work() {
        Load here = board.load();
        return new Load(here.running() + board.runningAbroad(), here.waiting());
    }

    /** Turns that are going on, and turns that wait for their place. */
    public record Load(int running, int waiting) {}

    /**
     * Refuses new messages, unless there is an heir to name them to; lets running turns end until
     * the deadline, and leaves the others to the next generation: those are waited for {@value
     * #SETTLE_MS} ms more. Blocks until then; afterwards nothing is accepted any more.
     */
    public void drain(Deadline deadline) {
        if (!board.hasLeft()) {
            refuse(RESTARTING);
        }
        board.drain(deadline, SETTLE_MS);
        refuse(RESTARTING);
        Deadline last = parts.world().time().deadlineIn(SETTLE_MS);
        boolean _ = new Patience(parts.world()).holdsUntil(intake::isQuiet, last);
    }

    @Override
    public Gateway pinned() {
        return now();
    }

    private PinnedGateway now() {
        return new PinnedGateway(parts, rooms);
    }

    @Override
    public Sent send(Message message) {
        return now().send(message);
    }

    @Override
    public CompletionStage<Optional<RunEnd>> end(String runId) {
        return now().end(runId);
    }

    @Override
    public List<String> abort(String sessionKey, Optional<String> runId) {
        return now().abort(sessionKey, runId);
    }

    @Override
    public History history(HistoryQuery query) {
        return now().history(query);
    }

    @Override
    public Sessions.Listing sessions(Sessions.Query query) {
        return now().sessions(query);
    }

    @Override
    public Optional<Session> session(String key) {
        return now().session(key);
    }

    @Override
    public List<ActiveRun> activeRuns(String sessionKey) {
        return now().activeRuns(sessionKey);
    }

    @Override
    public Conversations conversations() {
        return now().conversations();
    }

    @Override
    public Session resetSession(String key) {
        return now().resetSession(key);
    }

    @Override
    public boolean deleteSession(String key) {
        return now().deleteSession(key);
    }

    @Override
    public EmbeddingAnswer embed(String provider, EmbeddingRequest request, CancelSignal cancel) {
        return now().embed(provider, request, cancel);
    }

    @Override
    public void systemEvent(String text) {
        now().systemEvent(text);
    }

    @Override
    public void systemEvent(String text, String id) {
        now().systemEvent(text, id);
    }

    @Override
    public List<Usage.Sum> usage(Usage.Span span) {
        return now().usage(span);
    }

    @Override
    public ConfigSnapshot config() {
        return now().config();
    }

    @Override
    public List<CommandInfo> commands() {
        return now().commands();
    }

    @Override
    public Pairing pairing() {
        return now().pairing();
    }

    @Override
    public EventFeed events() {
        return now().events();
    }

    /** A command has begun: it does what it does, also while a hand-over is under way. */
    private final class CommandWork implements SlashCommands.CommandWork {
        @Override
        public String statusText(String sessionKey) {
            int others = activeRuns(sessionKey).size() - 1;
            return new StatusText(parts).of(sessionKey, Math.max(0, others));
        }

        @Override
        public Gateway gateway() {
            return now();
        }

        @Override
        public void startAnew(String sessionKey) {
            now().startAnew(sessionKey);
        }

        @Override
        public int stopOthers(String sessionKey, String commandRunId) {
            return now().stopOthers(sessionKey, commandRunId);
        }

        @Override
        public void restart(String reason) {
            parts.restart().accept(reason);
        }
    }
}
