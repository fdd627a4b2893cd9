package dev.evergate.app;

import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.ModelScout;
import dev.evergate.app.config.ConfigDesk;
import dev.evergate.app.config.ConfigOffice;
import dev.evergate.app.config.House;
import dev.evergate.app.handover.Handover;
import dev.evergate.app.handover.Successor;
import dev.evergate.app.observe.KeyFile;
import dev.evergate.app.observe.LogRules;
import dev.evergate.app.observe.LogTail;
import dev.evergate.app.observe.Observatory;
import dev.evergate.app.observe.SystemFacts;
import dev.evergate.core.agent.WelcomeCard;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.gateway.EventFeed;
import dev.evergate.core.gateway.Gateway.ActiveRun;
import dev.evergate.core.gateway.GatewayParts;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.gateway.Predecessor;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Leases;
import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.lifecycle.Component;
import dev.evergate.core.lifecycle.Lifecycle;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.lifecycle.Readiness;
import dev.evergate.core.lifecycle.StopReport;
import dev.evergate.core.metric.Metric;
import dev.evergate.core.plugin.PluginSet;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.EndingWorld;
import dev.evergate.core.time.Loop;
import dev.evergate.core.time.RealWorld;
import dev.evergate.core.time.World;
import dev.evergate.keeper.link.PeerSocket;
import dev.evergate.server.ControlServer;
import dev.evergate.server.spi.Desks;
import dev.evergate.server.spi.Identity;
import dev.evergate.store.SqlStore;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Puts one generation together: the store, the lease, the gateway, its readiness, the server; it
 * comes apart in exact reverse.
 *
 * <p>Not thread-safe: one thread builds and stops. What the keeper asks for beats is safe to read.
 */
final class GatewayAssembly {
    private static final Logger log = LoggerFactory.getLogger(GatewayAssembly.class);

    /** For all parts together, after the turns have had their time. */
    private static final long PARTS_STOP_MS = 1_700;

    private static final long PART_STOP_MS = 300;

    /** For parts that end with a commit: a slow disk is no failure. */
    private static final long STORE_STOP_MS = 1_000;

    /** A turn outlives kills and crashes of others, but not for ever. */
    private static final int ATTEMPTS_MAX = 12;

    /** After starts that failed in a row it is likely that one of the turns is why. */
    private static final int ATTEMPTS_MAX_WHEN_FAILING = 3;

    private static final long PRUNE_MS = 3_600_000;

    private static final String SAFE_MODE_REFUSAL =
            "the gateway is in safe mode after failed starts and answers nobody; see: evergate status";

    private final EndingWorld world;
    private final StartConfig start;
    private final Door.Life life;
    private final Identity identity;
    private final Lifecycle lifecycle;
    private final SqlStore journal;
    private final Ledger ledger;
    private final Loop loop;
    private final ReadinessMonitor readiness;
    private final LiveGateway gateway;
    private final Observatory observatory;
    private final RestartDesk restarts;
    private final ControlServer server;
    private final Entrance entrance;
    private final StateDirectory state;
    private final NextProcess next;
    private volatile Optional<Epoch> epoch = Optional.empty();
    private volatile long drainMs;
    private volatile List<String> lasting;

    /**
     * What a generation is built from.
     *
     * @param listener descriptor of a listening socket; empty to open one of our own
     */
    record Plan(
            StateDirectory state,
            StartConfig start,
            ConfigDesk desk,
            Door.Life life,
            OptionalInt listener,
            Door door,
            RestartDesk restarts,
            Plugins plugins,
            Map<String, String> environment) {}

    private GatewayAssembly(EndingWorld world, Plan plan, SqlStore journal) {
        this.world = world;
        this.start = plan.start();
        this.lasting = start.notices();
        this.next = new NextProcess(plan.state(), plan.door(), plan.restarts());
        ConfigSnapshot config = start.snapshot();
        this.life = plan.life();
        this.identity = new Identity(Version.current(), life.instance(), life.generation(), host());
        this.lifecycle = new Lifecycle(world);
        this.journal = journal;
        this.ledger = new Ledger(world, journal.audit(), life.generation());
        PluginSet plugins = PluginSet.of(world, config, factories(plan));
        this.readiness =
                new ReadinessMonitor(
                        world,
                        new ProvenStore(journal, plan.state().data()),
                        this::loopAgesMs,
                        () -> notices(plan.desk()),
                        new ReadinessMonitor.Identity(life.instance(), life.generation()));
        this.loop = world.loop("core");
        var parts =
                new GatewayParts(
                        world,
                        journal,
                        config,
                        plugins,
                        card(plan),
                        new EventFeed(),
                        start.mode() == StartMode.NORMAL ? ATTEMPTS_MAX : ATTEMPTS_MAX_WHEN_FAILING,
                        plan.restarts()::ask);
        this.gateway = new LiveGateway(parts, loop);
        this.observatory = observatory(plan);
        this.server =
                new ControlServer(
                        gateway,
                        readiness,
                        observatory.evidence(
                                new LogTail(plan.state().logs(), this::logFile),
                                new SystemFacts(
                                        identity.host(), identity.instance(), plan.state().data()),
                                new KeyFile(plan.state().key())),
                        desks(plan, journal, gateway),
                        identity,
                        world,
                        new FaultHandler());
        this.state = plan.state();
        this.restarts = plan.restarts();
        this.entrance = entrance(plan);
    }

    private Entrance entrance(Plan plan) {
        return new Entrance(
                world,
                server,
                plan.door(),
                plan.start().snapshot().gateway(),
                plan.listener(),
                plan.state().data().resolve("tls.pem"));
    }

    private Observatory observatory(Plan plan) {
        return new Observatory(
                new Observatory.Rooms(
                        Version.current(),
                        readiness,
                        gateway,
                        this::loopAgesMs,
                        List.of(journal::metrics, this::serverMetrics)),
                plan.state().ring(),
                world);
    }

    private static Desks desks(Plan plan, SqlStore journal, LiveGateway gateway) {
        return new Desks(
                plan.restarts().seenFrom(journal, gateway::work),
                new ConfigOffice(plan.desk(), Version.current()),
                journal.audit());
    }

    private static WelcomeCard card(Plan plan) {
        return new WelcomeCard(
                ServiceLoader.load(ModelScout.class),
                plan.environment(),
                plan.desk().file().toString());
    }

    /** Opens the store and builds everything; nothing runs, nothing serves yet. */
    static GatewayAssembly build(World world, Plan plan) throws Exception {
        var ending = new EndingWorld(world);
        // Beside a generation that serves, the store must not change before it is our turn.
        SqlStore journal =
                plan.life().hasPredecessor()
                        ? SqlStore.openBeside(plan.state().data(), ending)
                        : SqlStore.open(plan.state().data(), ending);
        try {
            return new GatewayAssembly(ending, plan, journal);
        } catch (RuntimeException | Error e) {
            journal.close();
            throw e;
        }
    }

    /**
     * Takes the gateway lease from whoever had it last. Only the keeper, or without one the state
     * lock, can know that nobody else serves; so whoever calls this knows.
     */
    private Epoch takeLease() {
        var holder = new Leases.Holder(life.instance(), life.generation());
        return switch (journal.leases().take(holder, _ -> true)) {
            case Leases.Outcome.Taken(var taken) -> {
                epoch = Optional.of(taken);
                readiness.leaseTaken(taken.value());
                yield taken;
            }
            case Leases.Outcome.Held(var by) ->
                    throw new EvergateException(
                            ErrorCode.FENCED,
                            "Generation %d holds the lease".formatted(by.generation()));
        };
    }

    /** In safe mode nothing of a plugin is loaded. */
    private static List<Supplier<ModelProviderFactory>> factories(Plan plan) {
        return plan.start().mode() == StartMode.SAFE ? List.of() : plan.plugins().modelProviders();
    }

    private List<String> notices(ConfigDesk desk) {
        List<String> notices = new ArrayList<>(lasting);
        if (gateway.config().agents().primary().isEmpty()) {
            notices.add("no-model");
        }
        gateway.plugins().problems().stream().map(ConfigProblem::toString).forEach(notices::add);
        notices.addAll(AuthNotices.of(gateway.config().gateway().auth()));
        notices.addAll(entrance.notices());
        notices.addAll(next.notices());
        notices.addAll(desk.notices());
        notices.addAll(ledger.notices());
        return notices;
    }

    /** Another configuration is in force. */
    private void switched() {
        // What the start had to say about its configuration is over; safe mode is not.
        lasting = start.mode() == StartMode.SAFE ? start.notices() : List.of();
        next.look(gateway.config());
        warn();
        tellHowToReachUs();
    }

    private void warn() {
        AuthNotices.of(gateway.config().gateway().auth()).forEach(log::warn);
    }

    private void tellHowToReachUs() {
        if (readiness.get().phase() != Phase.RUNNING) {
            return; // Before, nobody can; behind, the successor has told already.
        }
        try {
            writeAccess(state);
        } catch (IOException e) {
            log.warn("Cannot tell the command line how to reach us: {}", e.toString());
        }
    }

    /** What a configuration comes into force in. */
    House house() {
        return new House(
                configSwitch(),
                this::failing,
                gateway.events()::publish,
                next,
                ledger,
                start.mode() == StartMode.SAFE);
    }

    private ConfigSwitch configSwitch() {
        return new ConfigSwitch(
                new ConfigSwitch.Rooms(
                        gateway,
                        server,
                        entrance,
                        observatory,
                        readiness,
                        start.mode() != StartMode.SAFE,
                        this::switched));
    }

    /** Tells why a restart that was wanted did not come about. */
    void tellRefusals(Consumer<String> why) {
        restarts.tellRefusals(why);
    }

    private List<String> failing() {
        Readiness now = readiness.get();
        return now.phase() == Phase.RUNNING ? now.failing() : List.of();
    }

    /** See {@link NextProcess#seeTo}. */
    void seeToJvm() {
        next.seeTo(gateway.config(), start.mode());
    }

    Door.Life life() {
        return life;
    }

    LiveGateway gateway() {
        return gateway;
    }

    /** As clients are told. */
    Identity identity() {
        return identity;
    }

    /**
     * Starts every part, and takes a listening socket without accepting from it; nobody can connect
     * yet. What has been started of a start that fails is stopped again.
     */
    void start() throws Exception {
        try {
            startParts();
            entrance.prepare();
        } catch (Exception e) {
            giveUp();
            throw e;
        }
    }

    /** Ends what was built and not started. */
    void discard() {
        close();
        loop.close();
        journal.close();
    }

    /** Ends what was started and has never served, without telling anybody. */
    void giveUp() {
        world.endRoutines();
        StopReport _ = lifecycle.stop(PARTS_STOP_MS);
        server.close();
    }

    /** The one order: a stop is its exact reverse. */
    private void startParts() throws Exception {
        lifecycle.start(new Part("store", STORE_STOP_MS, journal::close));
        lifecycle.start(new Part("core", PART_STOP_MS, loop::close));
        lifecycle.start(server);
        lifecycle.start(new Part("lease", STORE_STOP_MS, this::releaseLease));
        lifecycle.start(readiness);
        lifecycle.start(new Turns());
    }

    private void releaseLease() {
        epoch.ifPresent(_ -> ledger.ends());
        epoch.ifPresent(journal.leases()::release); // Nothing happens if it has passed on.
    }

    /** Takes the lease, and takes up what earlier generations left. */
    Epoch enter() {
        Epoch taken = takeLease();
        if (start.mode() == StartMode.SAFE) {
            // Whoever waits for an answer gets it from a later generation, not a wrong one from us.
            gateway.refuse(SAFE_MODE_REFUSAL);
            readiness.hindered("safe-mode");
        }
        gateway.enter(taken);
        begin();
        return taken;
    }

    /**
     * Takes the lease from a predecessor in which turns go on.
     *
     * @return under which everything new is written from now on
     */
    Epoch enter(List<ActiveRun> abroad, Predecessor predecessor) {
        Epoch taken = takeLease();
        gateway.enter(taken, abroad, predecessor);
        begin();
        return taken;
    }

    private void begin() {
        ConfigSnapshot config = gateway.config();
        LogRules.use(config.operation().logging());
        warn();
        observatory.export(config.otel());
        restarts.keepIn(journal, this::restarted);
        epoch.ifPresent(taken -> ledger.serves(taken, start.mode()));
        entrance.watch(this::tellHowToReachUs);
        var retention = new Retention(world.time(), journal, life.generation(), state.logs());
        Runnable forget = () -> retention.forget(epoch.orElseThrow());
        var _ = world.timers().every(PRUNE_MS, () -> world.tasks().start("prune", forget));
    }

    private void restarted(RestartReport report) {
        observatory.restarted(report);
        ledger.restarted(report);
    }

    /**
     * Accepts connections, from the listening socket it was given or from one of its own. If that
     * is impossible, everything is stopped again.
     */
    void serve() {
        try {
            listen();
        } catch (EvergateException e) {
            giveUp();
            throw e;
        }
    }

    /** The same, but after a failure everything else is as it was. */
    void listen() {
        entrance.listen();
    }

    /** Lets somebody else listen in this process: connections stay, new ones do not come in. */
    void release() {
        entrance.release();
    }

    /** Has the events' hearers know of a suspension. */
    void handOverSuspension() {
        server.handOverSuspension();
    }

    /** Begins to hand everything over; see {@link Handover}. */
    Handover handOver(RealWorld real, PeerSocket successor) {
        return new Handover(real, gateway, server, successor, life.generation());
    }

    /** What the predecessor gives comes in here. */
    Successor takeOver(RealWorld real, PeerSocket predecessor) {
        return new Successor(real, gateway, server, predecessor);
    }

    /**
     * Goes on with turns after a hand-over that failed. The successor may have taken the lease
     * before it died, without having been able to say so: it is taken back.
     */
    void goOn() {
        gateway.goOn(takeLease());
    }

    /**
     * Refuses new work, tells clients, lets running turns end for {@code drainMs} milliseconds, and
     * stops everything in reverse order. Only the door stays: until the process is gone it answers
     * probes, and refuses the rest.
     *
     * @param restartExpectedMs how long until somebody serves again; 0 if nobody will
     */
    StopReport stop(long drainMs, long restartExpectedMs) {
        announce(restartExpectedMs);
        this.drainMs = drainMs;
        StopReport report = lifecycle.stop(drainMs + PARTS_STOP_MS);
        observatory.close(report);
        return report;
    }

    /** Refuses new work and tells clients, while turns go on. Does not wait. */
    void announce(long restartExpectedMs) {
        world.endRoutines();
        server.announceStop(
                restartExpectedMs > 0 ? "gateway restarting" : "gateway stopping",
                restartExpectedMs);
    }

    /** After {@link #stop}, when the process goes on: the door goes as well. */
    void close() {
        gateway.plugins().release();
        server.close();
    }

    /** Nothing comes round any more here: it does in the successor. */
    void endRoutines() {
        world.endRoutines();
    }

    /**
     * Leaves what does not end within so many milliseconds to the next generation, and tells those
     * who wait for it here.
     */
    void leaveTurns(long turnsMs) {
        gateway.drain(world.time().deadlineIn(turnsMs));
        server.dismissRequests();
    }

    /** Plain requests that wait for an answer at this moment. */
    int requests() {
        return server.requests();
    }

    /** Turns that run at this moment. */
    int running() {
        return gateway.load().running();
    }

    void writeAccess(StateDirectory state) throws IOException {
        new Access(
                        url().replaceFirst("^http", "ws"),
                        gateway.config().gateway().auth().secret(),
                        life.instance(),
                        entrance.fingerprint())
                .write(state.root());
    }

    /** Where people and clients on this machine reach it. */
    String url() {
        return entrance.url();
    }

    /** Shows the phase to probes, before anything else happens in it. */
    void moved(Phase phase) {
        readiness.moved(phase);
    }

    /** How long each critical loop has been busy with one thing, in milliseconds. */
    Map<String, Long> loopAgesMs() {
        Map<String, Long> ages = new HashMap<>(server.loopAgesMs());
        ages.put("core", loop.busyMillis());
        ages.put("tasks", readiness.tasksAgeMs());
        ages.put("store-writer", journal.writerBusyMillis());
        return ages;
    }

    private List<Metric> serverMetrics() {
        return server.metrics();
    }

    private Optional<Path> logFile() {
        return gateway.config().operation().logging().file();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "localhost";
        }
    }

    /** The turns that run: a stop lets them end, for as long as it was told. */
    private final class Turns implements Component {
        @Override
        public String name() {
            return "turns";
        }

        @Override
        public void start() {}

        @Override
        public void stop(Deadline deadline) {
            gateway.drain(world.time().deadlineIn(drainMs));
        }

        @Override
        public long stopMs() {
            return drainMs + LiveGateway.SETTLE_MS;
        }
    }
}
