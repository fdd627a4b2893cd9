package dev.evergate.app.cli.service;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The task scheduler of Windows.
 *
 * @param definition the file it reads the task from
 */
public record TaskScheduler(Scope scope, Path definition) implements ServiceManager {
    static final String TASK = "Evergate";

    /** The task scheduler for a gateway with this state. */
    public static TaskScheduler of(Path state, Scope scope) {
        return new TaskScheduler(scope, state.resolve("service/evergate-task.xml"));
    }

    @Override
    public String kind() {
        return "task-scheduler";
    }

    @Override
    public String service() {
        return TASK;
    }

    @Override
    public boolean holdsPort() {
        return false;
    }

    @Override
    public List<Path> places() {
        return List.of(definition);
    }

    /** The scheduler reads UTF-16 alone. */
    @Override
    public List<ServiceFile> files(ServiceSpec spec) {
        return List.of(
                new ServiceFile(
                        definition, WindowsTask.text(spec, scope), StandardCharsets.UTF_16LE));
    }

    @Override
    public List<Step> takeUp(boolean start) {
        Step create = schtasks("/Create", "/F", "/TN", TASK, "/XML", definition.toString());
        return start ? List.of(create, schtasks("/Run", "/TN", TASK)) : List.of(create);
    }

    @Override
    public List<Step> giveUp() {
        return List.of(
                Step.tolerant(words("/End", "/TN", TASK)), schtasks("/Delete", "/F", "/TN", TASK));
    }

    @Override
    public List<Step> forget() {
        return List.of();
    }

    @Override
    public List<Step> start() {
        return List.of(schtasks("/Run", "/TN", TASK));
    }

    @Override
    public List<Step> stop() {
        return List.of(schtasks("/End", "/TN", TASK));
    }

    @Override
    public List<Step> restart() {
        return List.of(Step.tolerant(words("/End", "/TN", TASK)), schtasks("/Run", "/TN", TASK));
    }

    @Override
    public Step query() {
        return schtasks("/Query", "/FO", "CSV", "/NH", "/TN", TASK);
    }

    @Override
    public ServiceState state(ServiceHost.Ran answer) {
        if (!answer.isGood()) {
            return new ServiceState(false, "", "not registered", 0, "", 0);
        }
        String[] cells = answer.output().strip().split("\",\"", -1);
        String active = cells[cells.length - 1].replace("\"", "");
        return new ServiceState(active.equals("Running"), "", active, 0, "", 0);
    }

    @Override
    public String journal() {
        return "schtasks /Query /V /FO LIST /TN " + TASK;
    }

    @Override
    public String edit() {
        return "";
    }

    private static Step schtasks(String... words) {
        return Step.of(words(words));
    }

    private static List<String> words(String... words) {
        return Stream.concat(Stream.of("schtasks"), Stream.of(words)).toList();
    }
}
