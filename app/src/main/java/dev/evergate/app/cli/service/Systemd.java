package dev.evergate.app.cli.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * systemd, for a user or for the machine.
 *
 * @param systemctl how to call it
 * @param directory where its units of this scope lie
 * @param hasSocket whether systemd holds the port, so that connections wait in the kernel while no
 *     keeper runs
 */
public record Systemd(Scope scope, List<String> systemctl, Path directory, boolean hasSocket)
        implements ServiceManager {
    static final String SERVICE = "evergate.service";
    static final String SOCKET = "evergate.socket";

    private static final List<String> ASKED =
            List.of(
                    "ActiveState",
                    "SubState",
                    "Result",
                    "UnitFileState",
                    "MainPID",
                    "StatusText",
                    "NRestarts",
                    "ExecMainStatus");

    public Systemd {
        systemctl = List.copyOf(systemctl);
    }

    /**
     * What of systemd is there.
     *
     * @param isRunning whether it runs this machine
     * @param hasUserManager whether the account has one of its own
     * @param runtimeDirectory where that one is reached
     * @param isRuntimeNamed whether the environment says so already
     */
    public record Presence(
            boolean isRunning,
            boolean hasUserManager,
            Path runtimeDirectory,
            boolean isRuntimeNamed) {}

    /** The systemd of a machine for one scope. */
    public static Systemd of(Platform platform, Scope scope, boolean hasSocket) {
        return switch (scope) {
            case SYSTEM ->
                    new Systemd(
                            scope,
                            List.of("systemctl"),
                            platform.at("/etc/systemd/system"),
                            hasSocket);
            case USER ->
                    new Systemd(
                            scope,
                            ofUser(platform.systemd()),
                            platform.configHome().resolve("systemd/user"),
                            hasSocket);
        };
    }

    /** From a shell that was not logged in, as under sudo, systemctl must be told where to go. */
    private static List<String> ofUser(Presence presence) {
        List<String> named = List.of("systemctl", "--user");
        return presence.isRuntimeNamed() || !presence.hasUserManager()
                ? named
                : Stream.concat(
                                Stream.of("env", "XDG_RUNTIME_DIR=" + presence.runtimeDirectory()),
                                named.stream())
                        .toList();
    }

    @Override
    public String kind() {
        return "systemd";
    }

    @Override
    public String service() {
        return SERVICE;
    }

    @Override
    public boolean holdsPort() {
        return hasSocket;
    }

    @Override
    public List<Path> places() {
        return List.of(directory.resolve(SERVICE), directory.resolve(SOCKET));
    }

    @Override
    public List<ServiceFile> files(ServiceSpec spec) {
        List<ServiceFile> files = new ArrayList<>();
        files.add(ServiceFile.of(directory.resolve(SERVICE), SystemdUnits.service(spec, this)));
        spec.listen()
                .map(listen -> SystemdUnits.socket(spec, listen))
                .map(text -> ServiceFile.of(directory.resolve(SOCKET), text))
                .ifPresent(files::add);
        return files;
    }

    @Override
    public List<Step> takeUp(boolean start) {
        List<Step> steps = new ArrayList<>(List.of(step("daemon-reload")));
        steps.add(step(words("enable", units())));
        if (start) {
            steps.addAll(start());
        }
        return steps;
    }

    @Override
    public List<Step> giveUp() {
        return List.of(step(words("disable", Stream.concat(Stream.of("--now"), units()))));
    }

    @Override
    public List<Step> forget() {
        return List.of(step("daemon-reload"), Step.tolerant(words(words("reset-failed", units()))));
    }

    /** Gives the port back, before the socket unit goes. */
    Step withoutSocket() {
        return Step.tolerant(words("disable", "--now", SOCKET));
    }

    @Override
    public List<Step> start() {
        return List.of(step(words("start", units())));
    }

    @Override
    public List<Step> stop() {
        return List.of(step(words("stop", units())));
    }

    @Override
    public List<Step> restart() {
        return List.of(step("restart", SERVICE));
    }

    @Override
    public Step query() {
        return step("show", SERVICE, "--property=" + String.join(",", ASKED));
    }

    @Override
    public ServiceState state(ServiceHost.Ran answer) {
        Map<String, String> said = new HashMap<>();
        answer.output()
                .lines()
                .filter(line -> line.indexOf('=') > 0)
                .forEach(
                        line ->
                                said.put(
                                        line.substring(0, line.indexOf('=')),
                                        line.substring(line.indexOf('=') + 1)));
        String active = said.getOrDefault("ActiveState", "");
        if (active.isEmpty()) {
            return ServiceState.UNKNOWN;
        }
        return new ServiceState(
                !active.equals("inactive") && !active.equals("failed"),
                said.getOrDefault("UnitFileState", ""),
                detailed(active, said),
                number(said.getOrDefault("MainPID", "0")),
                said.getOrDefault("StatusText", ""),
                number(said.getOrDefault("NRestarts", "0")));
    }

    @Override
    public String journal() {
        return scope == Scope.USER
                ? "journalctl --user -u " + SERVICE + " -e"
                : "journalctl -u " + SERVICE + " -e";
    }

    @Override
    public String edit() {
        return scope == Scope.USER
                ? "systemctl --user edit " + SERVICE
                : "sudo systemctl edit " + SERVICE;
    }

    /** The socket first: it cannot be started for a service that runs already. */
    private Stream<String> units() {
        return hasSocket ? Stream.of(SOCKET, SERVICE) : Stream.of(SERVICE);
    }

    private static String[] words(String verb, Stream<String> rest) {
        return Stream.concat(Stream.of(verb), rest).toArray(String[]::new);
    }

    private List<String> words(String... words) {
        return Stream.concat(systemctl.stream(), Stream.of(words)).toList();
    }

    private Step step(String... words) {
        return Step.of(words(words));
    }

    private static String detailed(String active, Map<String, String> said) {
        String result = said.getOrDefault("Result", "");
        String status = said.getOrDefault("ExecMainStatus", "");
        String details =
                active.equals("failed")
                        ? Stream.of(result, status.isEmpty() ? "" : "status " + status)
                                .filter(text -> !text.isEmpty())
                                .collect(Collectors.joining(", "))
                        : said.getOrDefault("SubState", "");
        return details.isEmpty() ? active : active + " (" + details + ")";
    }

    static long number(String digits) {
        try {
            return Long.parseLong(digits.strip());
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
