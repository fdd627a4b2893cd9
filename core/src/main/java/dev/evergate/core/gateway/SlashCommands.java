package dev.evergate.core.gateway;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway.CommandInfo;
import dev.evergate.core.gateway.Gateway.Sender;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The commands people type into a chat. They are answered at once, without a model, beside whatever
 * runs.
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
                    new CommandInfo("new", "Start a new conversation", false),
                    new CommandInfo("stop", "Stop the answer that is being written", false),
                    new CommandInfo("whoami", "Show who you are to this gateway", false),
                    new CommandInfo(
                            "restart", "Replace the gateway's process; owners only", false));

    private final CommandWork work;

    SlashCommands(CommandWork work) {
        this.work = work;
    }

    /** What commands need from the gateway. */
    interface CommandWork {
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
     * Carries out {@code name} and says what to tell the caller. Blocks on the store.
     *
     * @param sender who called it; empty if an earlier generation accepted it
     */
    String answer(String name, String sessionKey, String runId, Optional<Sender> sender) {
        return switch (name) {
            case "status" -> work.statusText(sessionKey);
            case "new" -> {
                work.startAnew(sessionKey);
                yield "A new conversation starts here.";
            }
            case "stop" -> {
                int stopped = work.stopOthers(sessionKey, runId);
                yield stopped == 0 ? "Nothing is being answered." : "Stopped.";
            }
            case "whoami" ->
                    "You are "
                            + sender.map(Sender::name).orElse("an operator")
                            + ", in the conversation "
                            + sessionKey
                            + ".";
            case "restart" ->
                    // An earlier generation took it in, so another one serves since: asking again
                    // would be a second restart for one wish.
                    sender.map(this::restart).orElse("The gateway has restarted since you asked.");
            default ->
                    ALL.stream()
                            .map(command -> "/" + command.name() + "  " + command.description())
                            .collect(Collectors.joining("\n"));
        };
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
