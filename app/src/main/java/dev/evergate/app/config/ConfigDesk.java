package dev.evergate.app.config;

import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigProblem.Kind;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.history.Entry;
import dev.evergate.core.config.history.Entry.Origin;
import dev.evergate.core.config.history.Entry.State;
import dev.evergate.core.config.plan.Plan;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.schema.ConfigReading;
import dev.evergate.core.config.schema.ConfigSchema;
import dev.evergate.core.config.source.ConfigSources;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.server.spi.Configs.Restart;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where every change of the configuration comes in, one after the other: from the file, from
 * clients, and from itself when a switch has to be taken back (I33 to I37).
 *
 * <p>A change is read, understood, compared with what is in force, prepared beside it, kept in the
 * history, and only then in force, all at once. Whatever fails before leaves everything as it was.
 * Where nothing is different nothing happens, so our own writes need no special case.
 *
 * <p>Thread-safe. What is asked for here happens later, on a task of the desk.
 */
public final class ConfigDesk {
    private static final Logger log = LoggerFactory.getLogger(ConfigDesk.class);

    /** What cannot be done at this moment is tried again. */
    private static final long AGAIN_MS = 500;

    /** Longer than a disk takes; a file system that does not answer in it is not there. */
    private static final long READ_MS = 5_000;

    private final Parts parts;
    private final JobLine line;
    private final Concerns concerns = new Concerns();
    private final AtomicBoolean isLookDue = new AtomicBoolean();
    private final RestartNeed restart;
    private final ConfigWatch watch;
    private volatile InForce inForce;
    private volatile Optional<House> house = Optional.empty();
    private volatile boolean isHeld;
    // Only jobs of the line touch what follows.
    private Optional<Probation> probation = Optional.empty();
    private String refusedHash;

    /**
     * @param start what the gateway was built with
     * @param problems what is known to be wrong with the files
     * @param shunnedHash of files that are not used although they could be; they count again when
     *     they change. Empty if there are none
     */
    public ConfigDesk(
            Parts parts, InForce start, List<ConfigProblem> problems, String shunnedHash) {
        this.parts = parts;
        this.inForce = start;
        this.refusedHash = shunnedHash;
        concerns.problems(problems);
        this.line = new JobLine(parts.world());
        this.restart = new RestartNeed(parts.world(), start, this::inForce, this::later);
        this.watch = new ConfigWatch(parts.world(), this::changed);
    }

    /** The configuration in force. Does not wait. */
    public InForce inForce() {
        return inForce;
    }

    /** The file people edit. */
    public Path file() {
        return parts.files().root();
    }

    /** What a person should know about the configuration. Does not wait. */
    public List<String> notices() {
        return concerns.notices();
    }

    List<ConfigProblem> problems() {
        return concerns.problems();
    }

    Parts parts() {
        return parts;
    }

    /**
     * The gateway serves from now on: what is in force is kept, and the files are looked at, which
     * may have changed meanwhile.
     */
    public void open(House serving) {
        later(
                () -> {
                    house = Optional.of(serving);
                    probation = Optional.of(new Probation(parts.world(), serving.failing()));
                    keepStart();
                });
        changed();
        watch.start();
    }

    /** Somebody may have changed the files. Many calls are one look. */
    public void changed() {
        if (!isLookDue.getAndSet(true)) {
            later(
                    () -> {
                        isLookDue.set(false);
                        look();
                    });
        }
    }

    /**
     * The same, on demand: what was refused is tried again, and it is said if nothing came of it.
     */
    public void reload() {
        later(
                () -> {
                    refusedHash = "";
                    InForce before = inForce;
                    look();
                    if (inForce.number() == before.number()) {
                        log.info("Configuration {} is as it was", file());
                    }
                });
    }

    /** While another generation is about to take over, nothing changes here. */
    public void hold() {
        isHeld = true;
    }

    /** It did not take over; what was changed meanwhile is looked at. */
    public void goOn() {
        isHeld = false;
        changed();
    }

    /** From now on nothing changes here any more. */
    public void close() {
        house = Optional.empty();
        watch.close();
        later(
                () -> {
                    probation.ifPresent(Probation::end);
                    restart.forget();
                });
    }

    /** A restart that a change takes has failed; it is not tried again for the same values. */
    public void restartFailed(String why) {
        later(
                () -> {
                    String keys = restart.keys();
                    if (!keys.isEmpty()) {
                        add(
                                new ConfigProblem(
                                        keys,
                                        "not in force: the restart it takes has failed: " + why));
                    }
                });
    }

    /** Does a job when those before it are done. */
    void later(Runnable job) {
        if (!line.offer(job)) {
            log.error("Too many changes of the configuration wait; one is left out");
        }
    }

    /** Whoever serves, if anything can be changed at this moment. */
    Optional<House> house() {
        return isHeld ? Optional.empty() : house;
    }

    private void look() {
        if (house().isEmpty()) {
            return;
        }
        SourceReading reading = read();
        watch.watch(reading.watched());
        switch (reading) {
            case SourceReading.Missing missing -> concerned(List.of(missing(missing.root())));
            case SourceReading.Unusable unusable ->
                    concerned(List.of(inSpiteOf(unusable.problem())));
            case SourceReading.Read(var sources) -> consider(sources);
        }
    }

    private ConfigProblem missing(Path root) {
        String what = root + ": it is not there (it can be brought back: evergate config undo)";
        return inSpiteOf(new ConfigProblem(Kind.UNUSABLE_FILE, "", what));
    }

    /** The problem, and what goes on although there is it; as a start tells it. */
    private ConfigProblem inSpiteOf(ConfigProblem problem) {
        return new ConfigProblem(
                problem.kind(),
                problem.path(),
                "%s; configuration %d, the last good one, is in use"
                        .formatted(problem.message(), inForce.number()));
    }

    /** The files as they are. */
    SourceReading read() {
        return read(Map.of());
    }

    /** The files as they would be with these texts in the place of theirs. */
    SourceReading read(Map<Path, String> texts) {
        try {
            return parts.files().readWithin(parts.world(), READ_MS, texts);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notNow();
        }
    }

    private void consider(ConfigSources sources) {
        if (sources.hash().equals(refusedHash)) {
            return; // Nobody has changed it since.
        }
        refusedHash = "";
        Target target = target(sources);
        if (target.plan().isEmpty() || isOff(target)) {
            settle(target);
            return;
        }
        try {
            apply(target, Origin.FILE, "", () -> {});
            var _ = lookAtRestart(OptionalLong.empty());
        } catch (EvergateException e) {
            refused(target, e);
        } catch (IOException e) {
            tryAgain("the history cannot be written: " + e);
        }
    }

    /** A configuration that could come into force. */
    record Target(InForce next, Plan plan, List<ConfigProblem> problems) {}

    Target target(ConfigSources sources) {
        return target(sources, inForce);
    }

    private Target target(ConfigSources sources, InForce good) {
        ConfigReading reading =
                ConfigReader.read(
                        sources, parts.overrides(), nextNumber(), Optional.of(good.effective()));
        Plan plan = Plan.between(inForce.effective(), reading.effective(), ConfigSchema::effect);
        return new Target(InForce.of(sources, reading), plan, reading.problems());
    }

    private long nextNumber() {
        try {
            return parts.history().next();
        } catch (IOException e) {
            return inForce.number() + 1; // keeping it will fail, and say why
        }
    }

    /** The files say the same as before, perhaps in other words, or are not to be followed. */
    void settle(Target target) {
        if (target.plan().isEmpty()) {
            inForce = inForce.in(target.next().sources());
            concerns.waiting("");
        } else {
            concerns.waiting(
                    "config-waiting: %s; a restart would change %s"
                            .formatted(
                                    isSafe()
                                            ? "nothing changes in safe mode"
                                            : "gateway.reload.mode is off",
                                    target.plan()));
        }
        concerned(target.problems());
    }

    /** Whether changes are only looked at. Turning that on or off is itself followed. */
    boolean isOff(Target target) {
        return isSafe() || (isOff(inForce) && isOff(target.next()));
    }

    private boolean isSafe() {
        return house.filter(House::isSafe).isPresent();
    }

    private static boolean isOff(InForce config) {
        return config.effective().at("/gateway/reload/mode").asString("").equals("off");
    }

    /** What has to be on the disk before a switch. */
    interface Durably {
        void write() throws IOException;
    }

    /**
     * Brings a configuration into force.
     *
     * @param durably done once everything is ready; if it fails nothing has changed
     * @throws EvergateException CONFIG_REFUSED or ADDRESS_IN_USE if it cannot come into force,
     *     UNAVAILABLE if not now; then nothing has changed
     */
    void apply(Target target, Origin by, String who, Durably durably) throws IOException {
        House serving = house().orElseThrow(ConfigDesk::notNow);
        InForce before = inForce;
        Applier.Prepared prepared =
                serving.applier().prepare(target.next().snapshot(), target.plan());
        boolean isCommitted = false;
        Entry kept;
        List<String> failing;
        try {
            durably.write();
            kept = keep(target, by, who, State.APPLIED);
            failing = serving.failing().get();
            prepared.commit();
            isCommitted = true;
        } finally {
            if (!isCommitted) {
                prepared.discard();
            }
        }
        inForce = target.next();
        tell(serving, before, target.plan(), by);
        tryOut(
                kept.number(),
                by == Origin.ROLLBACK ? Optional.empty() : Optional.of(before),
                failing);
        concerns.waiting("");
        concerned(target.problems());
    }

    private void tell(House serving, InForce before, Plan plan, Origin by) {
        String text =
                "config %d -> %d by %s: %s"
                        .formatted(
                                before.number(),
                                inForce.number(),
                                by.name().toLowerCase(Locale.ROOT),
                                plan);
        log.info("{}", text);
        concerns.trial(text);
        serving.announce()
                .accept(
                        new GatewayEvent.ConfigChanged(
                                parts.files().root().toString(),
                                parts.hash().of(inForce.sources().texts()),
                                text,
                                parts.world().time().wallMillis()));
    }

    /**
     * @param before what comes back into force if messages cannot be accepted any more
     * @param failing why they could not before
     */
    private void tryOut(long number, Optional<InForce> before, List<String> failing) {
        probation
                .orElseThrow()
                .begin(
                        inForce.snapshot().operation().lifecycle().probationMs(),
                        failing,
                        () -> later(() -> proven(number)),
                        reason ->
                                later(() -> before.ifPresent(it -> takeBack(it, number, reason))));
    }

    private void proven(long number) {
        concerns.trial("");
        mark(number, State.PROVEN);
        log.info("Configuration {} has proven itself", number);
    }

    private void takeBack(InForce before, long number, String reason) {
        InForce failed = inForce;
        Target target = target(before.sources(), before);
        try {
            apply(target, Origin.ROLLBACK, "", () -> mark(number, State.ROLLED_BACK));
        } catch (EvergateException | IOException e) {
            log.error(
                    "Readiness was lost ({}), but configuration {} stays: {}",
                    reason,
                    number,
                    e.getMessage());
            return;
        }
        refusedHash = failed.sources().hash();
        String why =
                "configuration %d was taken back, because messages could not be accepted any more: %s"
                        .formatted(number, reason);
        add(new ConfigProblem(Kind.UNUSABLE_FILE, "", why));
        var _ = lookAtRestart(OptionalLong.empty());
    }

    private void refused(Target target, EvergateException why) {
        if (why.code() == ErrorCode.UNAVAILABLE) {
            tryAgain(String.valueOf(why.getMessage()));
            return;
        }
        refusedHash = target.next().sources().hash();
        try {
            var _ = keep(target, Origin.FILE, "", State.REFUSED);
        } catch (IOException e) {
            log.warn("The refused configuration cannot be kept: {}", e.toString());
        }
        List<ConfigProblem> problems = new ArrayList<>(target.problems());
        problems.add(
                inSpiteOf(
                        new ConfigProblem(
                                Kind.UNUSABLE_FILE, "", String.valueOf(why.getMessage()))));
        concerned(problems);
    }

    private void tryAgain(String why) {
        log.info("The configuration is looked at again in {} ms: {}", AGAIN_MS, why);
        var _ = parts.world().timers().after(AGAIN_MS, this::changed);
    }

    /** Sees to it that a restart comes if what is in force takes one. */
    Optional<Restart> lookAtRestart(OptionalLong delayMs) {
        return house().flatMap(serving -> restart.look(serving.next(), delayMs));
    }

    /** What serves first is kept at once: there may be nothing else to fall back to. */
    private void keepStart() {
        ConfigHistory.Contents known = parts.history().contents();
        known.damaged().forEach(log::warn);
        Optional<Entry> there =
                known.kept().stream()
                        .filter(entry -> entry.number() == inForce.number())
                        .filter(entry -> entry.hash().equals(inForce.sources().hash()))
                        .findFirst();
        try {
            boolean isFirst = known.kept().isEmpty();
            Entry kept =
                    there.isPresent()
                            ? there.get()
                            : keep(
                                    new Target(inForce, Plan.NOTHING, List.of()),
                                    Origin.START,
                                    "",
                                    isFirst && !isSafe() ? State.PROVEN : State.APPLIED);
            if (kept.state() != State.PROVEN) {
                tryOut(kept.number(), Optional.empty(), probation.orElseThrow().failing());
            }
        } catch (IOException e) {
            log.warn("The configuration cannot be kept: {}", e.toString());
        }
    }

    private Entry keep(Target target, Origin by, String who, State state) throws IOException {
        ConfigSources sources = target.next().sources();
        Entry kept =
                parts.history()
                        .add(
                                Instant.ofEpochMilli(parts.world().time().wallMillis()),
                                by,
                                who,
                                sources.hash(),
                                target.plan().toString(),
                                state,
                                sources.texts());
        String before = by == Origin.START ? "" : parts.hash().of(inForce.sources().texts());
        String after = parts.hash().of(sources.texts());
        house.ifPresent(serving -> serving.witness().changed(kept, before, after));
        return kept;
    }

    private void mark(long number, State state) {
        try {
            parts.history().mark(number, state);
        } catch (IOException e) {
            log.warn("What became of configuration {} cannot be kept: {}", number, e.toString());
        }
    }

    private void add(ConfigProblem problem) {
        List<ConfigProblem> problems = new ArrayList<>(concerns.problems());
        problems.add(problem);
        concerned(problems);
    }

    /** Tells of problems that are new. */
    private void concerned(List<ConfigProblem> problems) {
        List<ConfigProblem> known = concerns.problems();
        problems.stream()
                .filter(problem -> !known.contains(problem))
                .forEach(problem -> log.warn("Configuration: {}", problem));
        concerns.problems(problems);
    }

    static EvergateException notNow() {
        return new EvergateException(
                ErrorCode.UNAVAILABLE,
                "the configuration cannot be changed while the gateway restarts; retry shortly");
    }
}
