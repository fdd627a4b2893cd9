package dev.evergate.core.gateway;

import dev.evergate.api.CancelSignal;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway.CommandInfo;
import dev.evergate.core.gateway.Gateway.Sender;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The commands people type into a chat. They are answered at once, beside whatever runs, and models
 * do not see them; only what sums a conversation up asks one.
 */
final class SlashCommands {
    /** Order as in {@code /help}. */
    private static final List<CommandInfo> ALL =
            List.of(
                    new CommandInfo("help", "Show what you can type", false),
                    new CommandInfo(
                            "status",
                            "Show how the gateway and this conversation are doing",
                            false),
                    new CommandInfo("new", "Start a new conversation, with a model if named", true),
                    new CommandInfo("reset", "Start a new conversation", false),
                    new CommandInfo("stop", "Stop the answer that is being written", false),
                    new CommandInfo("model", "Show or choose the model that answers here", true),
                    new CommandInfo("models", "Show the models there are", false),
                    new CommandInfo("think", "Show or choose how long models think here", true),
                    new CommandInfo(
                            "compact",
                            "Sum up what was said, so that there is room again; say what matters",
                            true),
                    new CommandInfo("context", "Show how much room this conversation takes", false),
                    new CommandInfo("usage", "Show what this conversation has cost", false),
                    new CommandInfo("whoami", "Show who you are to this gateway", false),
                    new CommandInfo(
                            "restart", "Replace the gateway's process; owners only", false));

    private final SettingCommands settings;
    private final CommandWork work;

    SlashCommands(CommandWork work) {
        this.work = work;
        this.settings = new SettingCommands(work::gateway);
    }

    /** What commands need from the gateway. */
    interface CommandWork {
        /** As it is now. */
        Gateway gateway();

        String statusText(String sessionKey);

        void startAnew(String sessionKey);

        /**
         * Stops everything of a conversation but {@code commandRunId}; returns how many turns that
         * were.
         */
        int stopOthers(String sessionKey, String commandRunId);

        /**
         * Asks for the next generation.
         *
         * @throws EvergateException UNAVAILABLE when there is none to come
         */
        void restart(String reason);
    }

    static List<CommandInfo> all() {
        return ALL;
    }

    /** The command a text calls; empty if it is an ordinary message. */
    static Optional<String> called(String text) {
        String first = text.strip().split("\\s", 2)[0].toLowerCase(Locale.ROOT);
        return ALL.stream()
                .map(CommandInfo::name)
                .filter(name -> first.equals("/" + name))
                .findFirst();
    }

    /**
     * A command that somebody typed.
     *
     * @param argument what follows its name; may be empty
     * @param sender who called it; empty if an earlier generation accepted it
     * @param cancel stops what takes time
     */
    record Call(
            String name,
            String argument,
            String sessionKey,
            String runId,
            Optional<Sender> sender,
            CancelSignal cancel) {}

    /** What a text that calls a command means. */
    static Call call(
            String text,
            String sessionKey,
            String runId,
            Optional<Sender> sender,
            CancelSignal cancel) {
        String[] words = text.strip().split("\\s", 2);
        return new Call(
                called(text).orElseThrow(),
                words.length == 2 ? words[1].strip() : "",
                sessionKey,
                runId,
                sender,
                cancel);
    }

    /** Carries out a command and says what to tell the caller. Blocks. */
    String answer(Call call) {
        return switch (call.name()) {
            case "status" -> work.statusText(call.sessionKey());
            case "new", "reset" -> startAnew(call);
            case "stop" -> {
                int stopped = work.stopOthers(call.sessionKey(), call.runId());
                yield stopped == 0 ? "Nothing is being answered." : "Stopped.";
            }
            case "model" -> settings.model(call);
            case "models" -> settings.models();
            case "think" -> settings.think(call);
            case "compact" -> settings.compact(call);
            case "context" -> settings.context(call);
            case "usage" -> settings.usage(call);
            case "whoami" ->
                    "You are "
                            + call.sender().map(Sender::name).orElse("an operator")
                            + ", in the conversation "
                            + call.sessionKey()
                            + ".";
            case "restart" ->
                    // An earlier generation took it in, so another one serves since: asking again
                    // would be a second restart for one wish.
                    call.sender()
                            .map(this::restart)
                            .orElse("The gateway has restarted since you asked.");
            default ->
                    ALL.stream()
                            .map(command -> "/" + command.name() + "  " + command.description())
                            .collect(Collectors.joining("\n"));
        };
    }

    private String startAnew(Call call) {
        work.startAnew(call.sessionKey());
        boolean namesModel = call.name().equals("new") && !call.argument().isEmpty();
        return "A new conversation starts here." + (namesModel ? "\n" + settings.model(call) : "");
    }

    private String restart(Sender sender) {
        if (!sender.isOwner()) {
            return "Only an owner may restart the gateway: a connection with the scope operator.admin, or on its"
                    + " machine: evergate gateway restart";
        }
        try {
            work.restart("/restart by " + sender.name());
            return "A restart has been asked for. Another process takes over once it has proven itself; until then,"
                    + " and if it fails, this one serves. How it went: evergate restarts";
        } catch (EvergateException e) {
            return "The gateway cannot restart now: " + e.getMessage() + ".";
        }
    }
}
