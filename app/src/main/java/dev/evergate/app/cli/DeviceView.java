package dev.evergate.app.cli;

import dev.evergate.app.cli.text.Ages;
import dev.evergate.app.cli.text.Output;
import dev.evergate.app.cli.text.Table;

import tools.jackson.databind.JsonNode;

import java.util.stream.Collectors;

/** Devices as tables. Stateless. */
final class DeviceView {
    private static final int ID_CHARS = 12;
    private static final String SCOPE_PREFIX = "operator.";

    private DeviceView() {}

    static Table waiting(JsonNode requests, Output output, long nowMs) {
        Table table = table(output, "Waiting", "Device", "Wants", "From", "Asked");
        for (JsonNode request : requests) {
            table.row(
                    Output.harmless(request.path("requestId").asString("?")),
                    device(request),
                    wish(request),
                    Output.harmless(request.path("remoteIp").asString("-")),
                    Ages.ago(request.path("ts").asLong(0), nowMs));
        }
        return table;
    }

    static Table paired(JsonNode devices, Output output, long nowMs) {
        Table table = table(output, "Paired", "What", "May", "From", "Seen");
        for (JsonNode device : devices) {
            String may =
                    device.path("tokens")
                            .valueStream()
                            .map(DeviceView::wish)
                            .collect(Collectors.joining("; "));
            table.row(
                    shortId(device),
                    name(device),
                    may.isEmpty() ? "nothing any more" : may,
                    Output.harmless(device.path("remoteIp").asString("-")),
                    Ages.ago(device.path("lastSeenAtMs").asLong(0), nowMs));
        }
        return table;
    }

    private static Table table(Output output, String... titles) {
        String[] cells = new String[titles.length];
        for (int i = 0; i < titles.length; i++) {
            cells[i] = output.toned(Output.Tone.STRONG, titles[i]);
        }
        return new Table().row(cells);
    }

    private static String device(JsonNode request) {
        String known = request.path("isRepair").asBoolean(false) ? " (paired)" : "";
        return shortId(request) + " " + name(request) + known;
    }

    private static String name(JsonNode device) {
        String own = device.path("displayName").asString("");
        String name = device.path("operatorLabel").asString(own);
        String what = device.path("clientId").asString("?") + " on " + platform(device);
        return Output.harmless(name.isBlank() ? what : name + ", " + what);
    }

    private static String platform(JsonNode device) {
        return device.path("platform").asString("an unknown system");
    }

    /** A role and its scopes, in few words. */
    private static String wish(JsonNode from) {
        String scopes =
                from.path("scopes")
                        .valueStream()
                        .map(scope -> scope.asString(""))
                        .map(s -> s.startsWith(SCOPE_PREFIX) ? s.substring(9) : s)
                        .collect(Collectors.joining(", "));
        String role = from.path("role").asString("?");
        return Output.harmless(scopes.isEmpty() ? role : role + ": " + scopes);
    }

    private static String shortId(JsonNode device) {
        String id = device.path("deviceId").asString("?");
        return Output.harmless(id.substring(0, Math.min(ID_CHARS, id.length())));
    }
}
