package dev.evergate.core.gateway;

import dev.evergate.core.config.ConfigSnapshot.ModelRef;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.SlashCommands.Call;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails.Text;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Commands about the conversation they are typed into. Block on the store. */
record SettingCommands(Supplier<Gateway> gateway) {
    /** Models listed at once; more nobody reads. */
    private static final int SHOWN_MAX = 100;

    /** Settles or shows which model answers. */
    String model(Call call) {
        Gateway now = gateway.get();
        if (call.argument().isEmpty()) {
            return "Model: "
                    + modelOf(session(now, call))
                    + "\nAnother one: /model NAME; all: /models";
        }
        boolean isStandard = call.argument().equalsIgnoreCase("default");
        try {
            String name =
                    isStandard ? "" : ModelChoice.named(call.argument(), now.config()).toString();
            settle(now, call, Text.MODEL, name);
        } catch (EvergateException e) {
            return "Not changed: " + e.getMessage() + ".";
        }
        return "From the next message on: " + modelOf(session(now, call)) + ".";
    }

    /** All models by name. */
    String models() {
        List<ModelRef> known = ModelChoice.configured(gateway.get().config());
        return known.isEmpty()
                ? "No model is configured by name."
                : known.stream()
                        .limit(SHOWN_MAX)
                        .map(ModelRef::toString)
                        .collect(Collectors.joining("\n"));
    }

    /** Settles or shows how long models think. */
    String think(Call call) {
        Gateway now = gateway.get();
        if (call.argument().isEmpty()) {
            String level =
                    session(now, call)
                            .flatMap(session -> session.details().text(Text.THINKING_LEVEL))
                            .orElse("as the model likes");
            return "Thinking: %s\nOne of: %s, default"
                    .formatted(level, String.join(", ", ModelChoice.THINKING_LEVELS));
        }
        String level = call.argument().toLowerCase(Locale.ROOT);
        if (!level.equals("default") && !ModelChoice.THINKING_LEVELS.contains(level)) {
            return "Not changed: \"%s\" is no level (expected: %s or default)."
                    .formatted(call.argument(), String.join(", ", ModelChoice.THINKING_LEVELS));
        }
        settle(now, call, Text.THINKING_LEVEL, level.equals("default") ? "" : level);
        return "From the next message on: thinking " + level + ".";
    }

    /** Has the conversation summed up. */
    String compact(Call call) {
        Gateway now = gateway.get();
        if (session(now, call).isEmpty()) {
            return "Nothing has been said here.";
        }
        Compacted result =
                now.conversations().compact(call.sessionKey(), call.argument(), call.cancel());
        return switch (result) {
            case Compacted.Done done ->
                    "Summed up: about %,d tokens before, %,d now."
                            .formatted(done.tokensBefore(), done.tokensAfter());
            case Compacted.Needless _ -> "There is nothing to sum up yet.";
            case Compacted.Failed(var why) -> "Not summed up: " + why + ".";
        };
    }

    /** How much of the model's room the conversation takes. */
    String context(Call call) {
        Gateway now = gateway.get();
        Optional<Conversations.Room> room = now.conversations().room(call.sessionKey());
        return room.map(
                        taken ->
                                "The model sees about %,d of %,d tokens: %d entries%s."
                                        .formatted(
                                                taken.tokens(),
                                                taken.tokensMax(),
                                                taken.rows(),
                                                taken.isShortened()
                                                        ? " and a summary of those before"
                                                        : ""))
                .orElse("Nothing has been said here.");
    }

    /** What the conversation has cost. */
    String usage(Call call) {
        return session(gateway.get(), call)
                .map(
                        session ->
                                "This conversation: %,d tokens in, %,d out."
                                        .formatted(session.inputTokens(), session.outputTokens()))
                .orElse("Nothing has been said here.");
    }

    private String modelOf(Optional<Session> session) {
        var config = gateway.get().config();
        return session.flatMap(known -> ModelChoice.of(known, config))
                .or(() -> config.agents().primary())
                .map(ModelRef::toString)
                .orElse("none configured");
    }

    private static void settle(Gateway gateway, Call call, Text name, String value) {
        Session _ =
                gateway.conversations()
                        .change(
                                call.sessionKey(),
                                session -> session.with(session.details().with(name, value)));
    }

    private static Optional<Session> session(Gateway gateway, Call call) {
        return gateway.session(call.sessionKey());
    }
}
