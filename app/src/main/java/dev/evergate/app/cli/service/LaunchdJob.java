package dev.evergate.app.cli.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The property list of our job; see {@code launchd.plist(5)}. */
final class LaunchdJob {
    private LaunchdJob() {}

    static String text(ServiceSpec spec, Scope scope) {
        Path console = console(spec, scope);
        var text = new StringBuilder();
        text.append(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
                <!-- Written by "evergate gateway install". Secrets belong in evergate.json. -->
                <plist version="1.0">
                <dict>
                """);
        entry(text, "Label", string(Launchd.LABEL));
        entry(text, "ProgramArguments", strings(arguments(spec)));
        entry(text, "EnvironmentVariables", strings(environment(spec)));
        if (scope == Scope.SYSTEM) {
            entry(text, "UserName", string(spec.account().name()));
        }
        entry(text, "WorkingDirectory", string(spec.account().home().toString()));
        entry(text, "RunAtLoad", "<true/>");
        entry(text, "KeepAlive", "<true/>");
        // launchd knows no code that means "stay down": this is the pace of those starts.
        entry(text, "ThrottleInterval", integer(10));
        entry(text, "ExitTimeOut", integer(ServiceSpec.STOP_SECONDS));
        entry(text, "Umask", integer(0077));
        entry(text, "ProcessType", string("Interactive"));
        entry(text, "StandardOutPath", string(console.toString()));
        entry(text, "StandardErrorPath", string(console.toString()));
        text.append("</dict>\n</plist>\n");
        return Stamp.onXml(text.toString(), spec.state());
    }

    /** Only a folder that is there already: launchd makes none, and would not start the job. */
    private static Path console(ServiceSpec spec, Scope scope) {
        return switch (scope) {
            case USER -> spec.account().home().resolve("Library/Logs/evergate.log");
            case SYSTEM -> Path.of("/Library/Logs/evergate.log");
        };
    }

    /** Without descriptor passing one process owns its port. */
    private static List<String> arguments(ServiceSpec spec) {
        List<String> words = new ArrayList<>();
        words.add(spec.launcher().toString());
        words.addAll(List.of("gateway", "run", "--no-keeper"));
        words.addAll(spec.words());
        return words;
    }

    private static Map<String, String> environment(ServiceSpec spec) {
        Map<String, String> variables = new TreeMap<>();
        variables.put("EVERGATE_BUILD", "never");
        variables.put("EVERGATE_SUPERVISED", "1");
        variables.put("EVERGATE_STOP_GRACE", Integer.toString(ServiceSpec.STOP_SECONDS));
        spec.namedJava().ifPresent(home -> variables.put("EVERGATE_JAVA_HOME", home.toString()));
        if (!spec.isUsualState()) {
            variables.put("EVERGATE_STATE_DIR", spec.state().toString());
        }
        return variables;
    }

    private static void entry(StringBuilder text, String key, String value) {
        text.append("  <key>").append(key).append("</key>\n  ").append(value).append('\n');
    }

    private static String string(String value) {
        return "<string>" + Xml.text(value) + "</string>";
    }

    private static String integer(int value) {
        return "<integer>" + value + "</integer>";
    }

    private static String strings(List<String> values) {
        var text = new StringBuilder("<array>\n");
        values.forEach(value -> text.append("    ").append(string(value)).append('\n'));
        return text.append("  </array>").toString();
    }

    private static String strings(Map<String, String> values) {
        var text = new StringBuilder("<dict>\n");
        values.forEach(
                (key, value) ->
                        text.append("    <key>")
                                .append(key)
                                .append("</key>")
                                .append(string(value))
                                .append('\n'));
        return text.append("  </dict>").toString();
    }
}
