package dev.evergate.app.cli.security;

import static dev.evergate.app.cli.security.Severity.INFO;
import static dev.evergate.app.cli.security.Severity.WARN;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Who has been let in, and who waits. */
final class DeviceChecks {
    private static final Duration UNUSED = Duration.ofDays(90);
    private static final int ID_CHARS = 12;

    private DeviceChecks() {}

    static List<Finding> findings(Premises premises) {
        return premises.running()
                .map(running -> findings(running.pairing(), premises.nowMs()))
                .orElse(List.of());
    }

    private static List<Finding> findings(JsonNode pairing, long nowMs) {
        List<Finding> findings = new ArrayList<>();
        int waiting = pairing.path("pending").size();
        if (waiting > 0) {
            findings.add(
                    new Finding(
                            "devices.pending",
                            INFO,
                            "Devices wait to be let in",
                            waiting + " of them.",
                            "Run: evergate devices list; then approve or reject each"));
        }
        pairing.path("paired")
                .valueStream()
                .filter(device -> isUnusedAdmin(device, nowMs))
                .forEach(
                        device -> {
                            String id = device.path("deviceId").asString("");
                            String shown = id.substring(0, Math.min(ID_CHARS, id.length()));
                            findings.add(
                                    new Finding(
                                            "devices.admin_unused",
                                            WARN,
                                            "A device that may do everything is not used any more",
                                            "%s was here last more than %d days ago."
                                                    .formatted(shown, UNUSED.toDays()),
                                            "Run: evergate devices remove " + shown));
                        });
        return findings;
    }

    private static boolean isUnusedAdmin(JsonNode device, long nowMs) {
        long seenMs =
                Math.max(
                        device.path("lastSeenAtMs").asLong(0),
                        device.path("approvedAtMs").asLong(0));
        boolean isAdmin =
                device.path("scopes")
                        .valueStream()
                        .anyMatch(scope -> scope.asString("").equals("operator.admin"));
        return isAdmin && seenMs > 0 && nowMs - seenMs > UNUSED.toMillis();
    }
}
