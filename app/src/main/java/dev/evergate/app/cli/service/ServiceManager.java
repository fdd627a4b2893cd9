package dev.evergate.app.cli.service;

import java.nio.file.Path;
import java.util.List;

/**
 * A service manager as far as a gateway needs it: which files make the service, and which commands
 * drive it. Pure and immutable; nothing here touches the machine.
 */
public sealed interface ServiceManager permits Systemd, Launchd, TaskScheduler {
    /** Its name, for scripts. */
    String kind();

    Scope scope();

    /** What the service is called there. */
    String service();

    /** Whether the manager itself holds the port, even while the service is down. */
    boolean holdsPort();

    /** All files that may be ours; the first one is there whenever the service is installed. */
    List<Path> places();

    /** The files that make this service. */
    List<ServiceFile> files(ServiceSpec spec);

    /**
     * What makes the manager take up files that were written.
     *
     * @param start whether the service shall run now, too
     */
    List<Step> takeUp(boolean start);

    /** What ends the service and all that starts it, before its files go. */
    List<Step> giveUp();

    /** What is left to say when the files are gone. */
    List<Step> forget();

    List<Step> start();

    List<Step> stop();

    /** Ends the process and starts another one; for when no keeper answers. */
    List<Step> restart();

    /** The command whose answer {@link #state} reads. */
    Step query();

    ServiceState state(ServiceHost.Ran answer);

    /** Where the manager's own account of a failure is found. */
    String journal();

    /** What a person changes without touching our files; empty where there is no such place. */
    String edit();
}
