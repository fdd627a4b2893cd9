package dev.evergate.app.cli.service;

/**
 * What a service manager says about its service.
 *
 * @param isStarted whether the manager runs it, or is about to run it again
 * @param enabled whether it starts by itself, in the manager's words; empty if it does not say
 * @param active how it is, in the manager's words
 * @param mainPid the process the manager watches, 0 for none
 * @param text what the process last told its manager; empty for nothing
 * @param restarts how often the manager had to start it again, 0 where it does not count
 */
public record ServiceState(
        boolean isStarted,
        String enabled,
        String active,
        long mainPid,
        String text,
        long restarts) {
    static final ServiceState UNKNOWN = new ServiceState(false, "", "unknown", 0, "", 0);
}
