package dev.evergate.core.gateway;

import dev.evergate.core.gateway.Gateway.CommandInfo;

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
                    new CommandInfo("whoami", "Show who you are to this gateway", false));

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

    /** Carries out {@code name} and says what to tell the caller. Blocks on the store. */
    String answer(String name, String sessionKey, String runId, String sender) {
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
            case "whoami" -> "You are " + sender + ", in the conversation " + sessionKey + ".";
            default ->
                    ALL.stream()
                            .map(command -> "/" + command.name() + "  " + command.description())
                            .collect(Collectors.joining("\n"));
        };
    }
}
