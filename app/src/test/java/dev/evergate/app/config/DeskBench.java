package dev.evergate.app.config;

import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.history.Entry;
import dev.evergate.core.config.plan.Plan;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.source.ConfigFiles;
import dev.evergate.core.config.source.SecretCommands;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.time.RealWorld;
import dev.evergate.server.spi.Configs.Edit;
import dev.evergate.server.spi.Configs.Outcome;
import dev.evergate.server.spi.Configs.Terms;
import dev.evergate.testkit.time.Wait;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A desk with real files and a gateway that only remembers what came into force in it. */
final class DeskBench implements AutoCloseable {
    static final long LIVE_MS = 10_000;

    /** What the desk's witness was told. */
    record Witnessed(Entry kept, String before, String after) {}

    final ConcurrentLinkedQueue<Throwable> faults = new ConcurrentLinkedQueue<>();
    final RealWorld world = new RealWorld(faults::add);
    final Path file;
    final List<String> plans = new CopyOnWriteArrayList<>();
    final List<GatewayEvent.ConfigChanged> events = new CopyOnWriteArrayList<>();
    final List<String> restarts = new CopyOnWriteArrayList<>();
    final List<Witnessed> witnessed = new CopyOnWriteArrayList<>();
    final AtomicInteger discarded = new AtomicInteger();
    volatile List<String> failing = List.of();
    volatile List<String> failingAfterSwitch = List.of();
    volatile Optional<EvergateException> refusal = Optional.empty();
    volatile ConfigSnapshot inForce;
    final ConfigHistory history;
    final ConfigDesk desk;
    final ConfigOffice office;

    DeskBench(Path folder, String text) throws IOException {
        file = folder.resolve("evergate.json");
        Files.writeString(file, text);
        var files = new ConfigFiles(file, Map.of("FROM_OUTSIDE", "outer"), SecretCommands.NONE);
        history = new ConfigHistory(folder.resolve("history"));
        var sources = ((SourceReading.Read) files.read()).sources();
        InForce start =
                InForce.of(
                        sources,
                        ConfigReader.read(sources, ConfigOverrides.NONE, 1, Optional.empty()));
        inForce = start.snapshot();
        var parts = new Parts(world, files, ConfigOverrides.NONE, history, new ConfigHash("a key"));
        desk = new ConfigDesk(parts, start, List.of(), "");
        office = new ConfigOffice(desk, "0.1.0");
    }

    /** As most tests want it: a secret, a port, and a short probation. */
    static String text(String more) {
        return """
        // kept
        { gateway: { port: 18789, auth: { token: "s3cret-canary" } }, // mine
          lifecycle: { probationMs: 60000 }, %s }
        """
                .formatted(more);
    }

    DeskBench open() {
        return open(false);
    }

    DeskBench open(boolean isSafe) {
        desk.open(
                new House(
                        new Remembering(),
                        () -> failing,
                        events::add,
                        new Counting(),
                        (kept, before, after) -> witnessed.add(new Witnessed(kept, before, after)),
                        isSafe));
        Wait.until("the start is kept", () -> !history.contents().kept().isEmpty());
        return this;
    }

    void write(String text) throws IOException {
        Files.writeString(file, text);
    }

    String read() throws IOException {
        return Files.readString(file);
    }

    void awaitPlans(int count) {
        Wait.until(count + " plans", () -> plans.size() >= count);
    }

    void awaitNotice(String part) {
        Wait.until("a notice with " + part, () -> tells(part));
    }

    boolean tells(String part) {
        return desk.notices().stream().anyMatch(notice -> notice.contains(part));
    }

    /** Everything that was asked of the desk so far is done. */
    void settle() {
        var done = new AtomicInteger();
        desk.later(done::incrementAndGet);
        Wait.until("the desk is idle", () -> done.get() > 0);
    }

    List<Entry.State> states() {
        return history.contents().kept().stream().map(Entry::state).toList();
    }

    String hash() {
        return office.document().path("hash").asString("");
    }

    Outcome patch(String raw) {
        return office.change(new Edit.Patch(raw, Set.of()), terms(false));
    }

    Outcome set(String raw, boolean isForced) {
        return office.change(new Edit.Document(raw), terms(isForced));
    }

    Outcome undo() {
        return office.change(new Edit.Undo(OptionalLong.empty()), terms(false));
    }

    private Terms terms(boolean isForced) {
        return new Terms(Optional.of(hash()), isForced, OptionalLong.empty(), "a test");
    }

    static String raw(JsonNode document) {
        return document.path("raw").asString("");
    }

    @Override
    public void close() {
        desk.close();
        settle();
        world.close();
    }

    private final class Remembering implements Applier {
        @Override
        public Prepared prepare(ConfigSnapshot next, Plan plan) {
            refusal.ifPresent(
                    why -> {
                        if (why.code() == ErrorCode.UNAVAILABLE) {
                            refusal = Optional.empty(); // only for a moment
                        }
                        throw why;
                    });
            return new Prepared() {
                @Override
                public void commit() {
                    inForce = next;
                    failing = failingAfterSwitch;
                    failingAfterSwitch = List.of();
                    plans.add(plan.toString());
                }

                @Override
                public void discard() {
                    discarded.incrementAndGet();
                }
            };
        }
    }

    private final class Counting implements NextGeneration {
        @Override
        public long ownerPid() {
            return 4700;
        }

        @Override
        public void want(ConfigSnapshot config, String reason) {
            restarts.add(reason);
        }
    }
}
