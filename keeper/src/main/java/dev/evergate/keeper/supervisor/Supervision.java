package dev.evergate.keeper.supervisor;

import java.util.List;
import java.util.Map;

/**
 * Whether somebody would start this process again, as far as the environment proves it.
 *
 * <p>Variables that a service manager also leaves to everything below a service ({@code
 * INVOCATION_ID}, {@code JOURNAL_STREAM}) prove nothing and are not looked at. Thread-safety:
 * immutable.
 *
 * @param isSupervised whether nobody sits at a terminal and reads a refusal
 * @param notifyAddress where to tell a service manager where we stand, empty for nowhere
 * @param watchdogMs after which silence it kills us, 0 for never
 */
public record Supervision(boolean isSupervised, String notifyAddress, long watchdogMs) {
    private static final String DECLARED = "EVERGATE_SUPERVISED";
    private static final String LAUNCHD_SERVICE = "XPC_SERVICE_NAME";

    /** What launchd calls programs that belong to no job. */
    private static final String NO_SERVICE = "0";

    /** launchd's name for programs that a person started in a window. */
    private static final String APPLICATION = "application.";

    /**
     * Reads the environment; what is malformed is left out and added to the problems.
     *
     * @param pid of this process: a watchdog may be meant for another one
     */
    public static Supervision from(
            Map<String, String> environment, long pid, List<String> problems) {
        String address = environment.getOrDefault("NOTIFY_SOCKET", "");
        String declared = environment.getOrDefault(DECLARED, "");
        if (!declared.isEmpty() && !declared.equals("1") && !declared.equals("0")) {
            problems.add(DECLARED + " is '" + declared + "' (expected: 1 or 0); it is not used");
        }
        boolean isSupervised =
                !address.isEmpty() || declared.equals("1") || isLaunchdJob(environment);
        return new Supervision(
                isSupervised && !declared.equals("0"),
                address,
                address.isEmpty() ? 0 : watchdogMs(environment, pid, problems));
    }

    private static boolean isLaunchdJob(Map<String, String> environment) {
        String service = environment.getOrDefault(LAUNCHD_SERVICE, NO_SERVICE);
        return !environment.getOrDefault("LAUNCH_JOB_LABEL", "").isEmpty()
                || !(service.isEmpty()
                        || service.equals(NO_SERVICE)
                        || service.startsWith(APPLICATION));
    }

    private static long watchdogMs(
            Map<String, String> environment, long pid, List<String> problems) {
        String owner = environment.getOrDefault("WATCHDOG_PID", "");
        String time = environment.getOrDefault("WATCHDOG_USEC", "");
        if (time.isEmpty() || !(owner.isEmpty() || owner.equals(Long.toString(pid)))) {
            return 0;
        }
        try {
            long ms = Long.parseLong(time) / 1_000;
            if (ms > 0) {
                return ms;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        problems.add(
                "WATCHDOG_USEC is '" + time + "' (expected: microseconds); no watchdog is served");
        return 0;
    }
}
