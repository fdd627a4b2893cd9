package dev.evergate.app.cli.service;

import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * The text of our units for systemd; see {@code systemd.service(5)} and {@code systemd.socket(5)}.
 */
final class SystemdUnits {
    /** The keeper's name for the listener that a socket unit holds. */
    private static final String LISTENER = "control";

    private SystemdUnits() {}

    static String service(ServiceSpec spec, Systemd manager) {
        boolean isSystem = manager.scope() == Scope.SYSTEM;
        boolean hasSocket = spec.listen().isPresent();
        var text = new StringBuilder();
        text.append(head(manager))
                .append("[Unit]\nDescription=Evergate gateway\n")
                .append(isSystem ? "Wants=network-online.target\n" : "")
                .append(isSystem ? "After=network-online.target\n" : "")
                .append(hasSocket ? "Requires=evergate.socket\nAfter=evergate.socket\n" : "")
                .append(
                        """
                        # It is tried again for ever: a bad hour must not end the service.
                        StartLimitIntervalSec=0

                        [Service]
                        Type=notify
                        NotifyAccess=main
                        """)
                .append(isSystem ? "User=" + spec.account().name() + "\n" : "")
                .append(isSystem ? "WorkingDirectory=~\n" : "")
                .append(environment(spec))
                .append("ExecStart=")
                .append(command(spec))
                .append('\n')
                .append(POLICY)
                .append("\n[Install]\nWantedBy=")
                .append(isSystem ? "multi-user.target\n" : "default.target\n");
        return Stamp.onLines(text.toString(), spec.state());
    }

    /** What holds for every gateway under systemd. */
    private static final String POLICY =
            """
            ExecReload=/bin/kill -HUP $MAINPID

            # 75 asks for a restart. 78 (nobody can serve with this configuration), 2 (wrong
            # arguments) and 70 (damaged store) stay down until somebody has changed something.
            Restart=always
            RestartSec=1
            RestartForceExitStatus=75
            RestartPreventExitStatus=78
            RestartPreventExitStatus=2 70
            SuccessExitStatus=75 143

            # The keeper ends its generations itself; what it leaves is killed with it.
            KillMode=mixed
            TimeoutStartSec=%1$d
            TimeoutStopSec=%1$d
            # A frozen keeper takes no other signal.
            WatchdogSec=10
            WatchdogSignal=SIGKILL
            # Keeps the listening sockets while no keeper runs.
            FileDescriptorStoreMax=16
            # A tool that eats all memory dies; the gateway goes on.
            OOMPolicy=continue

            # Nothing of a tool's is restricted here: restrict in a drop-in what yours do not need.
            UMask=0077
            LimitCORE=0
            """
                    .formatted(ServiceSpec.STOP_SECONDS);

    static String socket(ServiceSpec spec, String listen) {
        return Stamp.onLines(
                """
                # Written by "evergate gateway install --socket".
                [Unit]
                Description=The port of the Evergate gateway

                [Socket]
                ListenStream=%s
                FileDescriptorName=%s
                Backlog=4096
                # systemd takes no connection from the queue; the gateway does when it is there.
                Accept=no
                # Connections that wait start the service; one that stays down gives the port back.
                TriggerLimitIntervalSec=60
                TriggerLimitBurst=5

                [Install]
                WantedBy=sockets.target
                """
                        .formatted(listen, LISTENER),
                spec.state());
    }

    private static String head(Systemd manager) {
        return """
        # Written by "evergate gateway install". Put changes into a drop-in, which is never touched:
        #   %s
        # Secrets: in evergate.json, or as EVERGATE_GATEWAY_TOKEN=... in .env of the state directory.
        """
                .formatted(manager.edit());
    }

    private static String environment(ServiceSpec spec) {
        var text = new StringBuilder();
        // A service starts what was built; it never needs a compiler or a network.
        text.append(variable("EVERGATE_BUILD", "never"));
        spec.namedJava()
                .ifPresent(home -> text.append(variable("EVERGATE_JAVA_HOME", home.toString())));
        if (!spec.isUsualState()) {
            text.append(variable("EVERGATE_STATE_DIR", spec.state().toString()));
        }
        return text.append("EnvironmentFile=-")
                .append(path(spec.state().resolve(".env")))
                .append('\n')
                .toString();
    }

    private static String command(ServiceSpec spec) {
        String launcher = spec.launcher().toString();
        String words =
                spec.words().stream()
                        .map(word -> " " + argument(word))
                        .collect(Collectors.joining());
        return (isProgram(launcher) ? word(launcher) : "/bin/sh " + argument(launcher))
                + " gateway run"
                + words;
    }

    /** systemd takes no program whose path has a quote in it, and variables only in arguments. */
    private static boolean isProgram(String path) {
        return path.chars().noneMatch(c -> "\"'\\$".indexOf(c) >= 0);
    }

    private static String variable(String name, String value) {
        return "Environment=" + word(name + "=" + value) + "\n";
    }

    /** A word of a command line, in which systemd would replace variables too. */
    static String argument(String text) {
        return word(text.replace("$", "$$"));
    }

    /** A word for systemd: quoted where it must be, and nothing in it means anything. */
    static String word(String text) {
        String plain = text.replace("%", "%%");
        boolean needsQuotes =
                plain.isEmpty()
                        || plain.chars()
                                .anyMatch(
                                        c -> Character.isWhitespace(c) || "\"'\\;".indexOf(c) >= 0);
        return needsQuotes
                ? "\"" + plain.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
                : plain;
    }

    /** A path that is a whole setting: only specifiers mean something in it. */
    private static String path(Path path) {
        return path.toString().replace("%", "%%");
    }
}
