package dev.evergate.core.agent;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.ChatMessage;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelException;
import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelRequest;
import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.TranscriptRow.Provenance;
import dev.evergate.core.plugin.PluginSet;
import dev.evergate.core.time.Attempt;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Timers.Timer;
import dev.evergate.core.time.World;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Asks models until one has answered: retries what may pass, falls back to the next model, never
 * shows an answer twice.
 *
 * <p>Thread-safe; each run blocks the task it is called on.
 */
public final class AgentRunner {
    private static final Logger log = LoggerFactory.getLogger(AgentRunner.class);

    /** Tries of one model before the next one is asked. */
    private static final int TRIES_MAX = 8;

    /** How long one model is given in all, as long as it has said nothing. */
    private static final long RETRY_WINDOW_MS = 90_000;

    private static final long FIRST_BACKOFF_MS = 1_000;
    private static final long BACKOFF_MAX_MS = 30_000;

    /** An answer longer than this is a model that does not end. */
    private static final int TEXT_CHARS_MAX = 1_000_000;

    /** A provider that asks for a longer wait than this loses its turn to the next model. */
    private static final long RETRY_AFTER_MAX_MS = 60_000;

    /** How long a provider may go on after it was told to stop; then nobody listens to it. */
    private static final long DEAF_MS = 2_000;

    private final World world;

    public AgentRunner(World world) {
        this.world = world;
    }

    /**
     * Has a conversation answered by one of those who may.
     *
     * @param conversation what the model sees, oldest first
     * @param listener told of the chosen model and of text as it comes
     */
    public Outcome run(
            Candidates candidates,
            PluginSet plugins,
            List<ChatMessage> conversation,
            RunListener listener,
            CancelSignal cancel) {
        try (var limits = new Limits(cancel, candidates)) {
            return ask(candidates, plugins, conversation, listener, limits);
        }
    }

    private Outcome ask(
            Candidates candidates,
            PluginSet plugins,
            List<ChatMessage> conversation,
            RunListener listener,
            Limits limits) {
        String failure =
                "No model is configured (expected: agents.defaults.model.primary = \"provider/model\").";
        for (ModelRef candidate : candidates.models()) {
            Optional<ModelProvider> provider = plugins.provider(candidate.provider());
            if (provider.isEmpty()) {
                failure =
                        "The model \"%s\" is named, but models.providers.%s is not configured."
                                .formatted(candidate, candidate.provider());
                continue;
            }
            ModelRequest request = candidates.request(candidate, conversation);
            listener.model(candidate.provider(), candidate.model());
            var attempt = new Chance(candidate, provider.get(), request, listener, limits);
            Optional<Outcome> outcome = attempt.untilSettled();
            if (outcome.isPresent()) {
                return outcome.get();
            }
            failure = attempt.failure;
        }
        return new Outcome.Failed("", failure);
    }

    /** Cancels a run when its caller does, when its time is up, or when it says too much. */
    private final class Limits implements AutoCloseable {
        private final CancelSource signal = new CancelSource();
        private final CancelSignal caller;
        private final CancelSignal.Registration registration;
        private final Timer timer;
        private final Deadline end;
        private volatile String exceeded = "";

        Limits(CancelSignal caller, Candidates candidates) {
            long standardMs = candidates.config().agents().timeoutMs();
            long askedMs = candidates.options().timeoutMs();
            boolean isAsked = askedMs > 0 && askedMs < standardMs;
            long timeoutMs = isAsked ? askedMs : standardMs;
            this.end = world.time().deadlineIn(timeoutMs + DEAF_MS);
            this.caller = caller;
            this.registration = caller.onCancel(signal::cancel);
            String late =
                    "The answer was not complete after %s s (%s)."
                            .formatted(
                                    seconds(timeoutMs),
                                    isAsked
                                            ? "as its sender wanted"
                                            : "agents.defaults.timeoutSeconds");
            this.timer = world.timers().after(timeoutMs, () -> exceed(late));
        }

        /** {@code 30} or {@code 0.5}: as a person would say it. */
        private static String seconds(long ms) {
            return BigDecimal.valueOf(ms, 3).stripTrailingZeros().toPlainString();
        }

        void exceed(String reason) {
            exceeded = reason;
            signal.cancel();
        }

        boolean isOver() {
            return signal.isCancelled();
        }

        /** How a run ends whose signal was raised. */
        Outcome outcome(String text) {
            return caller.isCancelled()
                    ? new Outcome.Cancelled(text)
                    : new Outcome.Failed(text, exceeded);
        }

        @Override
        public void close() {
            timer.cancel();
            registration.close();
        }
    }

    /** One model's chance at a run. */
    private final class Chance {
        private final ModelRef ref;
        private final ModelProvider provider;
        private ModelRequest request;
        private final RunListener listener;
        private final Limits limits;
        private final StringBuilder text = new StringBuilder();
        private final Deadline window = world.time().deadlineIn(RETRY_WINDOW_MS);
        private String failure = "";
        private boolean isAbandoned;

        Chance(
                ModelRef ref,
                ModelProvider provider,
                ModelRequest request,
                RunListener listener,
                Limits limits) {
            this.ref = ref;
            this.provider = provider;
            this.request = request;
            this.listener = listener;
            this.limits = limits;
        }

        /** Empty if the next model should be asked. */
        Optional<Outcome> untilSettled() {
            for (int tries = 1; ; tries++) {
                try {
                    ModelAnswer answer = ask();
                    return Optional.of(
                            new Outcome.Answered(
                                    Content.said(text.toString(), answer.toolCalls()),
                                    new Provenance(
                                            ref.provider(),
                                            ref.model(),
                                            answer.stop().wireName(),
                                            answer.usage().inputTokens(),
                                            answer.usage().outputTokens())));
                } catch (ModelException e) {
                    failure = e.getMessage();
                    if (limits.isOver()) {
                        return Optional.of(limits.outcome(text.toString()));
                    }
                    log.warn("Model {} failed (try {}): {}", ref, tries, failure);
                    if (!text.isEmpty()) {
                        // Its beginning has been shown: a second answer would contradict the first.
                        return Optional.of(new Outcome.Failed(text.toString(), failure));
                    }
                    Optional<ModelRequest> lesser = Concession.to(request, e);
                    if (lesser.isPresent()) {
                        request = lesser.get();
                        continue;
                    }
                    if (!e.kind().isRetryable() || tries >= TRIES_MAX || !waited(tries, e)) {
                        return limits.isOver() ? Optional.of(limits.outcome("")) : Optional.empty();
                    }
                }
            }
        }

        /**
         * Asks on a thread of its own: a provider that hangs, or computes for ever, costs this run
         * and nobody else's.
         */
        private ModelAnswer ask() throws ModelException {
            var answer = new AtomicReference<ModelAnswer>();
            return switch (onAThreadOfItsOwn(
                    () -> answer.set(provider.answer(request, this::text, limits.signal)))) {
                case Attempt.Done() -> Objects.requireNonNull(answer.get());
                case Attempt.Failed(ModelException e) -> throw e;
                case Attempt.Failed(var bug) -> {
                    log.error("The provider of {} hit a bug", ref, bug);
                    throw new ModelException(
                            ModelException.Kind.REFUSED,
                            "The provider of %s hit a bug; the log has the details."
                                    .formatted(ref));
                }
                case Attempt.Overdue(var stack) -> {
                    abandon();
                    log.error("The provider of {} does not end; it stands{}", ref, stack);
                    throw new ModelException(
                            ModelException.Kind.CANCELLED,
                            "The provider of %s does not end.".formatted(ref));
                }
            };
        }

        private Attempt onAThreadOfItsOwn(Attempt.Work work) throws ModelException {
            try {
                return world.attempt("model-" + ref.provider(), limits.end, work);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ModelException(ModelException.Kind.CANCELLED, "interrupted");
            }
        }

        private synchronized void abandon() {
            isAbandoned = true;
        }

        private synchronized void text(String delta) {
            if (isAbandoned) {
                return; // its run has ended
            }
            text.append(delta);
            if (text.length() > TEXT_CHARS_MAX) {
                limits.exceed(
                        "The answer was cut after %,d characters: the model does not end."
                                .formatted(TEXT_CHARS_MAX));
            }
            listener.text(delta);
        }

        /** Waits before the next try; false if there is to be none. */
        private boolean waited(int tries, ModelException cause) {
            long backoffMs = Math.min(BACKOFF_MAX_MS, FIRST_BACKOFF_MS << (tries - 1));
            long waitMs = (long) (backoffMs * (0.5 + world.entropy().fraction() / 2));
            waitMs = Math.max(waitMs, cause.retryAfter().map(Duration::toMillis).orElse(0L));
            if (waitMs > RETRY_AFTER_MAX_MS || waitMs > window.remainingMillis(world.time())) {
                return false;
            }
            // In slices, so that a cancelled run ends within a moment.
            Deadline end = world.time().deadlineIn(waitMs);
            while (!end.hasPassed(world.time())) {
                if (limits.isOver()) {
                    return false;
                }
                try {
                    world.pause(Math.min(100, Math.max(1, end.remainingMillis(world.time()))));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return true;
        }
    }

    /** Hears how a run goes, on the run's own thread. */
    public interface RunListener {
        void model(String provider, String model);

        void text(String delta);
    }

    /** How a run went. */
    public sealed interface Outcome {
        /** What was said until then. */
        String text();

        /** The same, with whatever came beside the text. */
        default Content content() {
            return text().isEmpty() ? Content.NONE : Content.text(text());
        }

        record Answered(Content content, Provenance provenance) implements Outcome {
            @Override
            public String text() {
                return content.text();
            }
        }

        record Cancelled(String text) implements Outcome {}

        /**
         * @param reason for people
         */
        record Failed(String text, String reason) implements Outcome {}
    }
}
