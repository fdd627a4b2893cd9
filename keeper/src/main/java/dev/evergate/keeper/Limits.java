package dev.evergate.keeper;

import dev.evergate.keeper.time.HostTime;

import java.util.List;
import java.util.Map;

/**
 * The times a phase may take, in ms.
 *
 * @param startMs from launch to Ready, or beside a predecessor until it has rehearsed
 * @param handOverMs from there until the successor has committed
 * @param drainMs from there until its predecessor is killed, unless that has finished
 * @param proofMs from Ready until failed starts are forgotten
 * @param stopMs from being told to end until killed; unless somebody grants more, short enough for
 *     the 10 s that container engines grant
 * @param exitMs from Finished until killed
 * @param killMs from SIGKILL until it is sent again or given up
 * @param retryMs from the proof of a generation in safe mode until a normal start is tried
 */
record Limits(
        long startMs,
        long handOverMs,
        long drainMs,
        long proofMs,
        long stopMs,
        long exitMs,
        long killMs,
        long retryMs) {
    private static final String EXIT_VARIABLE = "GATEWAY_POST_SHUTDOWN_EXIT_TIMEOUT_MS";
    private static final String START_VARIABLE = "GATEWAY_START_TIMEOUT_MS";
    private static final String HAND_OVER_VARIABLE = "GATEWAY_HAND_OVER_TIMEOUT_MS";
    private static final String DRAIN_VARIABLE = "GATEWAY_DRAIN_TIMEOUT_MS";
    private static final long EXIT_DEFAULT_MS = 5_000;
    private static final long HAND_OVER_DEFAULT_MS = 10_000;
    private static final long DRAIN_DEFAULT_MS = 120_000;
    private static final long START_DEFAULT_MS = 60_000;
    private static final long MIN_MS = 1;
    private static final long MAX_MS = 3_600_000;
    private static final long OWN_END_MS = 1_000;

    /**
     * The defaults, changed by what the environment says; a malformed value changes nothing and is
     * added to the problems.
     */
    static Limits from(Map<String, String> environment, List<String> problems) {
        long exitMs = read(environment, EXIT_VARIABLE, EXIT_DEFAULT_MS, problems);
        long startMs = read(environment, START_VARIABLE, START_DEFAULT_MS, problems);
        long handOverMs = read(environment, HAND_OVER_VARIABLE, HAND_OVER_DEFAULT_MS, problems);
        long drainMs = read(environment, DRAIN_VARIABLE, DRAIN_DEFAULT_MS, problems);
        return new Limits(startMs, handOverMs, drainMs, 60_000, 8_000, exitMs, 1_000, 300_000);
    }

    private static long read(
            Map<String, String> environment, String variable, long usual, List<String> problems) {
        String name = "EVERGATE_" + variable;
        String value = environment.get(name);
        if (value == null) {
            name = "OPENCLAW_" + variable;
            value = environment.get(name);
        }
        if (value == null) {
            return usual;
        }
        long ms = parse(value);
        if (ms >= MIN_MS && ms <= MAX_MS) {
            return ms;
        }
        problems.add(
                name
                        + " is '"
                        + value
                        + "' (expected: whole milliseconds, "
                        + MIN_MS
                        + " to "
                        + MAX_MS
                        + "); "
                        + usual
                        + " is used");
        return usual;
    }

    /**
     * The same, with as much time to stop as fits into what whoever stops us grants: what is left
     * for a generation that has finished but does not end, for killing it and for ourselves is at
     * most half of it.
     */
    Limits granted(long graceMs) {
        long reserveMs =
                Math.min(exitMs + Condemned.DESCRIBE_MS + 2 * killMs + OWN_END_MS, graceMs / 2);
        return new Limits(
                startMs,
                handOverMs,
                drainMs,
                proofMs,
                graceMs - reserveMs,
                exitMs,
                killMs,
                retryMs);
    }

    /** How long a phase may take that has this limit. */
    long msOf(GatewayPhase.Limit limit, GatewayPhase phase) {
        return switch (limit) {
            case START -> startMs;
            case HAND_OVER -> handOverMs;
            case DRAIN -> drainMs;
            case PROOF -> proofMs;
            case STOP -> stopMs;
            case EXIT -> exitMs;
            case KILL -> Condemned.DESCRIBE_MS + killMs;
            case RETRY -> retryMs;
            case BACKOFF ->
                    phase instanceof GatewayPhase.Backoff(var track)
                            ? Backoff.delayMs(track.failures() + track.waits(), HostTime.fraction())
                            : 0;
            case NONE -> Long.MAX_VALUE;
        };
    }

    /** The longest an orderly stop can take, with a description of who has to be killed. */
    long wholeStopMs() {
        return stopMs + exitMs + Condemned.DESCRIBE_MS + 2 * killMs;
    }

    /** Digits only, -1 for anything else. */
    private static long parse(String value) {
        if (value.isEmpty() || value.length() > 7) {
            return -1;
        }
        long parsed = 0;
        for (int i = 0; i < value.length(); i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            parsed = parsed * 10 + digit;
        }
        return parsed;
    }
}
