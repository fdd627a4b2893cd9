package dev.evergate.server;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.EmbeddingAnswer;
import dev.evergate.api.EmbeddingRequest;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.Part.ToolCall;
import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.device.Pairing;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Conversations;
import dev.evergate.core.gateway.EventFeed;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.RunEnd;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Devices;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Leases;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails;
import dev.evergate.core.journal.Sessions;
import dev.evergate.core.journal.SetupCode;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;
import dev.evergate.core.journal.Usage;
import dev.evergate.core.time.World;
import dev.evergate.testkit.journal.MemoryDisk;
import dev.evergate.testkit.journal.MemoryJournal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A gateway that remembers what it was told and ends runs when a test says so. Thread-safe. */
final class FakeGateway implements Gateway {
    static final String TOKEN = "0123456789abcdef0123456789abcdef";
    static final long NOW_MS = 1_795_300_000_000L;

    final List<String> systemEvents = new ArrayList<>();
    private final Set<String> systemEventIds = ConcurrentHashMap.newKeySet();
    final Map<String, CompletableFuture<Optional<RunEnd>>> runs = new ConcurrentHashMap<>();
    private final Set<String> awaited = ConcurrentHashMap.newKeySet();
    final Map<String, Sender> senders = new ConcurrentHashMap<>();
    final Map<String, Message> messages = new ConcurrentHashMap<>();
    final List<String> embedded = new CopyOnWriteArrayList<>();
    final List<String> sent = new CopyOnWriteArrayList<>();
    final List<String> aborted = new CopyOnWriteArrayList<>();

    /** What was asked for last. */
    volatile Sessions.Query listed = new Sessions.Query(1, 0, "", "");

    final Map<String, Session> sessions = new ConcurrentHashMap<>();
    volatile CountDownLatch gate = new CountDownLatch(0);

    /** Messages that have come as far as the gate. */
    final AtomicInteger come = new AtomicInteger();

    volatile ConfigSnapshot config = config(List.of(), List.of());
    volatile List<Usage.Sum> usage = List.of();
    volatile Usage.Span usageSpan = new Usage.Span(0, 0, 0);
    volatile int historyRows = 2;
    volatile CountDownLatch commandGate = new CountDownLatch(0);
    final AtomicInteger commandWaiters = new AtomicInteger();

    /** How often the store was asked for devices. */
    final AtomicInteger deviceReads = new AtomicInteger();

    /** Is run each time a device's token is about to be computed. */
    volatile Runnable onDeviceKey = () -> {};

    /** Takes the place of the key that device tokens are made with, as if that had been lost. */
    volatile Secret deviceKey = Secret.none();

    final MemoryJournal journal = new MemoryJournal(new MemoryDisk());

    /** Holds an event loop: requests look at the configuration there. */
    volatile CountDownLatch configGate = new CountDownLatch(0);

    final AtomicInteger configWaiters = new AtomicInteger();

    final FakeConversations conversations = new FakeConversations(sessions);

    private final EventFeed events = new EventFeed();
    private final Pairing pairing;

    FakeGateway(World world) {
        Epoch epoch = lease(journal);
        pairing =
                new Pairing(
                        world,
                        devices(),
                        new Pairing.Writing() {
                            @Override
                            public <T> T write(Function<Epoch, T> work) {
                                return work.apply(epoch);
                            }
                        },
                        happened -> events.publish(new GatewayEvent.DeviceChanged(happened)));
        EventFeed.Subscription _ =
                events.subscribe(
                        event -> {
                            if (event instanceof GatewayEvent.DeviceChanged(var happened)) {
                                pairing.heard(happened);
                            }
                        });
    }

    /** Those of the journal, with a moment to interfere. */
    private Devices devices() {
        Devices kept = journal.devices();
        return new Devices() {
            @Override
            public Optional<Device> find(String deviceId) {
                deviceReads.incrementAndGet();
                return kept.find(deviceId);
            }

            @Override
            public List<Device> list() {
                deviceReads.incrementAndGet();
                return kept.list();
            }

            @Override
            public Changed change(Epoch epoch, Device orElse, UnaryOperator<Device> change) {
                return kept.change(epoch, orElse, change);
            }

            @Override
            public void keep(Epoch epoch, SetupCode code) {
                kept.keep(epoch, code);
            }

            @Override
            public List<SetupCode> setupCodes() {
                deviceReads.incrementAndGet();
                return kept.setupCodes();
            }

            @Override
            public boolean forgetSetupCode(Epoch epoch, String id) {
                return kept.forgetSetupCode(epoch, id);
            }

            @Override
            public Optional<Changed> redeem(
                    Epoch epoch, SetupCode used, Device orElse, UnaryOperator<Device> change) {
                return kept.redeem(epoch, used, orElse, change);
            }

            @Override
            public Secret key() {
                onDeviceKey.run();
                return deviceKey.isPresent() ? deviceKey : kept.key();
            }
        };
    }

    private static Epoch lease(MemoryJournal journal) {
        return switch (journal.leases().take(new Leases.Holder("instance", 1), _ -> true)) {
            case Leases.Outcome.Taken(var epoch) -> epoch;
            case Leases.Outcome.Held(var by) -> throw new AssertionError("held by " + by);
        };
    }

    static ConfigSnapshot config(List<String> allowedOrigins, List<String> trustedProxies) {
        return config(
                new ConfigSnapshot.Auth(ConfigSnapshot.Auth.Mode.TOKEN, Secret.of(TOKEN)),
                allowedOrigins,
                trustedProxies);
    }

    /** One in which clients prove themselves in another way. */
    static ConfigSnapshot config(
            ConfigSnapshot.Auth auth, List<String> allowedOrigins, List<String> trustedProxies) {
        return new ConfigSnapshot(
                1,
                "hash-1",
                new ConfigSnapshot.Gateway(
                        18789, "127.0.0.1", auth, allowedOrigins, trustedProxies),
                Map.of(),
                new ConfigSnapshot.Agents(
                        "main", Optional.of(new ModelRef("fake", "echo-1")), List.of(), 60_000, 10),
                Optional.empty(),
                List.of());
    }

    /** The same with other parts of plain HTTP switched on. */
    static ConfigSnapshot config(ConfigSnapshot.Http http) {
        return config(config(List.of(), List.of()).gateway().controlUi(), http);
    }

    /** The same with another control UI. */
    static ConfigSnapshot config(ConfigSnapshot.ControlUi controlUi) {
        return config(controlUi, ConfigSnapshot.Http.DEFAULTS);
    }

    static ConfigSnapshot config(ConfigSnapshot.ControlUi controlUi, ConfigSnapshot.Http http) {
        ConfigSnapshot plain = config(List.of(), List.of());
        ConfigSnapshot.Gateway gateway = plain.gateway();
        return new ConfigSnapshot(
                plain.generation(),
                plain.hash(),
                new ConfigSnapshot.Gateway(
                        gateway.port(),
                        gateway.bindHost(),
                        gateway.tls(),
                        gateway.auth(),
                        gateway.trustedProxies(),
                        controlUi,
                        http),
                plain.providers(),
                plain.agents(),
                plain.operation(),
                plain.problems());
    }

    static Session sample(String key) {
        return new Session(
                key,
                "s-" + key,
                "main",
                "",
                NOW_MS,
                NOW_MS,
                2,
                42,
                7,
                "hello",
                "hi",
                NOW_MS,
                SessionDetails.NONE);
    }

    static TranscriptRow row(long seq, TranscriptRow.Role role, String text) {
        return new TranscriptRow(
                "s-1",
                seq,
                "row-" + seq,
                role,
                TranscriptRow.Kind.MESSAGE,
                Content.text(text),
                "run-1",
                NOW_MS,
                role == TranscriptRow.Role.USER
                        ? TranscriptRow.Provenance.NONE
                        : new TranscriptRow.Provenance("fake", "echo-1", "stop", 42, 7));
    }

    static RunEnd end(String runId, Turn.State state, String text, String error) {
        return new RunEnd(
                runId,
                "agent:main:main",
                "s-1",
                "main",
                state,
                Content.text(text),
                new TranscriptRow.Provenance("fake", "echo-1", "stop", 42, 7),
                error,
                NOW_MS,
                NOW_MS + 20);
    }

    /** How a run ended whose model was stopped by the limit of its tokens. */
    static RunEnd cut(String runId, String text) {
        RunEnd whole = end(runId, Turn.State.DONE, text, "");
        return new RunEnd(
                runId,
                whole.sessionKey(),
                whole.sessionId(),
                whole.agentId(),
                whole.state(),
                Content.text(text),
                new TranscriptRow.Provenance("fake", "echo-1", "length", 42, 7),
                "",
                whole.startedAtMs(),
                whole.endedAtMs());
    }

    /** How a run ended whose model wants tools to be used. */
    static RunEnd calling(String runId, String text, ToolCall... calls) {
        RunEnd whole = end(runId, Turn.State.DONE, text, "");
        return new RunEnd(
                runId,
                whole.sessionKey(),
                whole.sessionId(),
                whole.agentId(),
                whole.state(),
                Content.said(text, List.of(calls)),
                new TranscriptRow.Provenance("fake", "echo-1", "tool_calls", 42, 7),
                "",
                whole.startedAtMs(),
                whole.endedAtMs());
    }

    /** Whether somebody has asked for its end; a client is told that it goes on before that. */
    boolean isAwaited(String runId) {
        return awaited.contains(runId);
    }

    /** How many runs were begun. */
    int runs() {
        return sent.size();
    }

    /** The one that was begun last. */
    String lastRun() {
        return sent.getLast();
    }

    /** Ends a run that was sent before. */
    void endRun(RunEnd end) {
        runs.computeIfAbsent(end.runId(), _ -> new CompletableFuture<>())
                .complete(Optional.of(end));
    }

    @Override
    public Gateway pinned() {
        ConfigSnapshot now = configInForce();
        InvocationHandler pin =
                (_, method, arguments) -> {
                    try {
                        return method.getName().equals("config")
                                ? now
                                : method.invoke(this, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                };
        return (Gateway)
                Proxy.newProxyInstance(
                        Gateway.class.getClassLoader(), new Class<?>[] {Gateway.class}, pin);
    }

    private ConfigSnapshot configInForce() {
        if (configGate.getCount() > 0) {
            configWaiters.incrementAndGet();
            pass(configGate);
        }
        return config;
    }

    /** What a run was begun for. */
    Message message(String runId) {
        return Objects.requireNonNull(messages.get(runId), runId);
    }

    /** Has another generation take on a run that is waited for. */
    void leave(String runId) {
        Objects.requireNonNull(runs.put(runId, new CompletableFuture<>()))
                .completeExceptionally(
                        new EvergateException(ErrorCode.UNAVAILABLE, "gateway restarting"));
    }

    private static void pass(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Sent send(Message message) {
        come.incrementAndGet();
        pass(gate);
        if (message.text().equals("REFUSE")) {
            throw new EvergateException(ErrorCode.UNAVAILABLE, "not now");
        }
        if (message.text().equals("BUG")) {
            throw new IllegalStateException("a bug");
        }
        String runId = message.idempotencyKey();
        senders.put(runId, message.sender());
        messages.put(runId, message);
        CompletableFuture<Optional<RunEnd>> known =
                runs.putIfAbsent(runId, new CompletableFuture<>());
        if (known == null) {
            sent.add(runId);
            return new Sent.Started(runId, message.sessionKey(), "main", NOW_MS);
        }
        Optional<RunEnd> ended = known.getNow(Optional.empty());
        return ended.isPresent()
                ? new Sent.Ended(runId, ended.get())
                : new Sent.InFlight(runId, message.sessionKey(), "main", NOW_MS);
    }

    @Override
    public CompletionStage<Optional<RunEnd>> end(String runId) {
        var end = runs.getOrDefault(runId, CompletableFuture.completedFuture(Optional.empty()));
        awaited.add(runId);
        return end;
    }

    @Override
    public List<String> abort(String sessionKey, Optional<String> runId) {
        runId.ifPresent(aborted::add);
        return runId.filter(runs::containsKey).stream().toList();
    }

    @Override
    public History history(HistoryQuery query) {
        if (query.cursor().equals("old")) {
            return new History.Reset(query.sessionKey());
        }
        List<TranscriptRow> rows = new ArrayList<>();
        for (int i = 1; i <= historyRows; i++) {
            rows.add(
                    row(
                            i,
                            i % 2 == 1 ? TranscriptRow.Role.USER : TranscriptRow.Role.ASSISTANT,
                            "text " + i));
        }
        if (!query.cursor().isEmpty()) {
            return new History.Delta(
                    query.sessionKey(), sample(query.sessionKey()), rows, "c-2", List.of());
        }
        return new History.Full(
                query.sessionKey(),
                Optional.of(sample(query.sessionKey())),
                "s-" + query.sessionKey(),
                rows,
                query.offset(),
                rows.size(),
                "c-1",
                List.of(
                        new ActiveRun("r1", query.sessionKey(), "hi", NOW_MS, NOW_MS, "so far"),
                        new ActiveRun("r2", query.sessionKey(), "next", NOW_MS, 0, "")));
    }

    @Override
    public Sessions.Listing sessions(Sessions.Query query) {
        listed = query;
        return new Sessions.Listing(List.copyOf(sessions.values()), sessions.size());
    }

    @Override
    public Optional<Session> session(String key) {
        return Optional.ofNullable(sessions.get(key));
    }

    @Override
    public List<ActiveRun> activeRuns(String sessionKey) {
        return List.of();
    }

    @Override
    public Conversations conversations() {
        return conversations;
    }

    @Override
    public Session resetSession(String key) {
        return sample(key);
    }

    @Override
    public boolean deleteSession(String key) {
        return sessions.remove(key) != null;
    }

    @Override
    public EmbeddingAnswer embed(String provider, EmbeddingRequest request, CancelSignal cancel) {
        embedded.add(provider + "/" + request.model() + " " + request.dimensions());
        if (!provider.equals("fake")) {
            throw new EvergateException(ErrorCode.INVALID_REQUEST, provider + " is not configured");
        }
        return new EmbeddingAnswer(
                request.texts().stream().map(text -> List.of(text.length() + 0.5f, -1f)).toList(),
                new ModelAnswer.Usage(5, 0));
    }

    @Override
    public void systemEvent(String text) {
        systemEvents.add(text);
    }

    @Override
    public void systemEvent(String text, String id) {
        if (systemEventIds.add(id)) {
            systemEvents.add(text);
        }
    }

    @Override
    public List<Usage.Sum> usage(Usage.Span span) {
        usageSpan = span;
        return usage;
    }

    @Override
    public ConfigSnapshot config() {
        return configInForce();
    }

    @Override
    public List<CommandInfo> commands() {
        var _ = commandWaiters.incrementAndGet();
        pass(commandGate);
        return List.of(new CommandInfo("help", "Shows what can be asked for.", false));
    }

    @Override
    public Pairing pairing() {
        return pairing;
    }

    @Override
    public EventFeed events() {
        return events;
    }
}
