package dev.evergate.app.cli.service;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * launchd of macOS.
 *
 * @param domain {@code gui/<uid>} or {@code system}
 * @param directory where its property lists of this scope lie
 */
public record Launchd(Scope scope, String domain, Path directory) implements ServiceManager {
    static final String LABEL = "dev.evergate.gateway";

    private static final Pattern PID = Pattern.compile("(?m)^\\s*pid = (\\d+)");
    private static final Pattern STATE = Pattern.compile("(?m)^\\s*state = (.+)$");

    /** The launchd of a machine for one scope. */
    public static Launchd of(Platform platform, Scope scope) {
        return switch (scope) {
            case SYSTEM -> new Launchd(scope, "system", platform.at("/Library/LaunchDaemons"));
            case USER ->
                    new Launchd(
                            scope,
                            "gui/" + platform.account().uid(),
                            platform.account().home().resolve("Library/LaunchAgents"));
        };
    }

    @Override
    public String kind() {
        return "launchd";
    }

    @Override
    public String service() {
        return LABEL;
    }

    @Override
    public boolean holdsPort() {
        return false;
    }

    @Override
    public List<Path> places() {
        return List.of(directory.resolve(LABEL + ".plist"));
    }

    @Override
    public List<ServiceFile> files(ServiceSpec spec) {
        return List.of(ServiceFile.of(places().getFirst(), LaunchdJob.text(spec, scope)));
    }

    @Override
    public List<Step> takeUp(boolean start) {
        return start ? start() : List.of(launchctl("enable", target()));
    }

    @Override
    public List<Step> giveUp() {
        return stop();
    }

    @Override
    public List<Step> forget() {
        return List.of();
    }

    /** Loading is what starts it; a job that is loaded already is only kicked. */
    @Override
    public List<Step> start() {
        return List.of(
                launchctl("enable", target()),
                Step.tolerant(words("bootstrap", domain, places().getFirst().toString())),
                launchctl("kickstart", target()));
    }

    /** It is kept alive, so only unloading stops it. */
    @Override
    public List<Step> stop() {
        return List.of(Step.tolerant(words("bootout", target())));
    }

    @Override
    public List<Step> restart() {
        return List.of(launchctl("kill", "SIGUSR1", target()));
    }

    @Override
    public Step query() {
        return launchctl("print", target());
    }

    @Override
    public ServiceState state(ServiceHost.Ran answer) {
        if (!answer.isGood()) {
            return new ServiceState(false, "", "not loaded", 0, "", 0);
        }
        Matcher state = STATE.matcher(answer.output());
        Matcher pid = PID.matcher(answer.output());
        return new ServiceState(
                true,
                "",
                state.find() ? state.group(1).strip() : "loaded",
                pid.find() ? Systemd.number(pid.group(1)) : 0,
                "",
                0);
    }

    @Override
    public String journal() {
        return "launchctl print " + target();
    }

    @Override
    public String edit() {
        return "";
    }

    private String target() {
        return domain + "/" + LABEL;
    }

    private static Step launchctl(String... words) {
        return Step.of(words(words));
    }

    private static List<String> words(String... words) {
        return Stream.concat(Stream.of("launchctl"), Stream.of(words)).toList();
    }
}
