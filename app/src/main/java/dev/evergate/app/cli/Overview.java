package dev.evergate.app.cli;

/** What {@code evergate} alone says. */
final class Overview {
    private Overview() {}

    static String text(String version) {
        return """
            Evergate %s: an always-on gateway between chat apps and AI agents.

            Usage: evergate COMMAND [OPTIONS]

            Run it
              gateway run        Start the gateway and keep it running
              gateway install    Run it as a service: uninstall, start, stop
              gateway status     Whether it runs, since when, and whether it answers
              status             One screen: gateway, model, sessions, problems
              health             Ask it whether it is well
              logs               Show what it logged
              gateway restart    Let the next generation take over; nobody is disconnected
              restarts           What restarts there were, and what each of them moved
              gateway stability  Why it started, restarted and stopped

            Configure it
              config get         What the configuration says; set, unset, patch change it
              config history     Configurations that were; diff compares, undo goes back
              config validate    What is wrong with it; schema tells what a key may hold

            Talk to it
              agent              Send a message to an agent and print its answer
              sessions list      Conversations, the newest first

            Let in
              devices            Who is paired and who waits: approve, reject, remove, rotate, revoke
              nodes              Devices that can be asked for something: approve, invoke, remove
              security audit     What could let somebody in who should not be; --fix closes files

            Script it
              gateway call       Call any method and print its answer as JSON

            Examples
              evergate gateway run
              evergate agent --message "What can you do?"

            More on a command: evergate COMMAND --help
            """
                .formatted(version);
    }
}
