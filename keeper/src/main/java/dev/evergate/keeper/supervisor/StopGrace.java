package dev.evergate.keeper.supervisor;

import dev.evergate.keeper.time.HostTime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * How long whoever stops us waits before it kills us.
 *
 * <p>Said by {@code EVERGATE_STOP_GRACE}, else asked of systemd, else unknown. Thread-safety:
 * stateless.
 */
public final class StopGrace {
    private static final String VARIABLE = "EVERGATE_STOP_GRACE";
    private static final long SYSTEMD_DEFAULT_MS = 90_000;
    private static final long GRACE_MS_MIN = 1_000;
    private static final long GRACE_MS_MAX = 3_600_000;
    private static final long ASK_MS = 5_000;
    private static final String PROPERTY = "TimeoutStopUSec";

    private StopGrace() {}

    /**
     * What is known at once, in ms; empty for unknown. A malformed value is added to the problems.
     */
    public static OptionalLong known(
            Map<String, String> environment, Supervision supervision, List<String> problems) {
        String value = environment.getOrDefault(VARIABLE, "");
        if (!value.isEmpty()) {
            long ms = parse(value);
            if (ms >= GRACE_MS_MIN && ms <= GRACE_MS_MAX) {
                return OptionalLong.of(ms);
            }
            problems.add(
                    VARIABLE
                            + " is '"
                            + value
                            + "' (expected: 1 to 3600 seconds, as 30, 30s or 1m); it is not used");
        }
        return supervision.notifyAddress().isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(SYSTEMD_DEFAULT_MS);
    }

    /** Asks systemd on a thread of its own, unless somebody has said it or there is no systemd. */
    public static void ask(
            Map<String, String> environment, Supervision supervision, LongConsumer answer) {
        if (supervision.notifyAddress().isEmpty()
                || parse(environment.getOrDefault(VARIABLE, "")) >= 0) {
            return;
        }
        HostTime.startDaemon(
                "stop-grace",
                () -> {
                    long ms = askNow();
                    if (ms >= GRACE_MS_MIN) {
                        answer.accept(Math.min(ms, GRACE_MS_MAX));
                    }
                });
    }

    private static long askNow() {
        try {
            String group = Files.readString(Path.of("/proc/self/cgroup"), StandardCharsets.UTF_8);
            String unit = unit(group);
            if (unit.isEmpty()) {
                return -1;
            }
            String scope = group.contains("/user@") ? "--user" : "--system";
            Process systemctl =
                    new ProcessBuilder("systemctl", scope, "show", unit, "-p", PROPERTY)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!systemctl.waitFor(ASK_MS, TimeUnit.MILLISECONDS)) {
                systemctl.destroyForcibly();
                return -1;
            }
            byte[] said = systemctl.getInputStream().readAllBytes();
            return shown(new String(said, StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    /** The service unit that a process's control groups name, empty for none. */
    static String unit(String controlGroups) {
        String unit = "";
        for (int at = 0, end; at < controlGroups.length(); at = end + 1) {
            end = controlGroups.indexOf('\n', at);
            end = end < 0 ? controlGroups.length() : end;
            String line = controlGroups.substring(at, end);
            String last = line.substring(line.lastIndexOf('/') + 1);
            if (last.endsWith(".service")) {
                unit = last;
            }
        }
        return unit;
    }

    /** What {@code systemctl show} prints, in ms; -1 for what it does not understand. */
    static long shown(String line) {
        String prefix = PROPERTY + "=";
        if (!line.startsWith(prefix)) {
            return -1;
        }
        String value = line.substring(prefix.length());
        if (value.equals("infinity")) {
            return GRACE_MS_MAX;
        }
        long sum = value.isEmpty() ? -1 : 0;
        for (int at = 0, end; at < value.length() && sum >= 0; at = end + 1) {
            end = value.indexOf(' ', at);
            end = end < 0 ? value.length() : end;
            long part = parse(value.substring(at, end));
            sum = part < 0 ? -1 : sum + part;
        }
        return sum;
    }

    /** A number with a unit, or of seconds; in ms, -1 for anything else. */
    static long parse(String text) {
        int digits = 0;
        long number = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            number = Math.min(number * 10 + text.charAt(digits) - '0', Integer.MAX_VALUE);
            digits++;
        }
        if (digits == 0) {
            return -1;
        }
        return switch (text.substring(digits)) {
            case "ms" -> number;
            case "", "s" -> number * 1_000;
            case "m", "min" -> number * 60_000;
            case "h" -> number * 3_600_000;
            default -> -1;
        };
    }
}
