package dev.evergate.app.cli.security;

import static dev.evergate.app.cli.security.Severity.INFO;
import static dev.evergate.app.cli.security.Severity.WARN;

import java.util.ArrayList;
import java.util.List;

/** What other programs may have the agents do. */
record HookChecks(Settings settings) {
    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        if (!settings.isOn("hooks.enabled")) {
            return findings;
        }
        if (settings.isOn("hooks.allowRequestSessionKey")) {
            boolean isAny = settings.texts("hooks.allowedSessionKeyPrefixes").isEmpty();
            findings.add(
                    new Finding(
                            isAny
                                    ? "hooks.request_session_key_prefixes_missing"
                                    : "hooks.request_session_key_enabled",
                            isAny ? WARN : INFO,
                            "Hooks may speak in conversations that they name",
                            isAny
                                    ? "hooks.allowRequestSessionKey is on without"
                                            + " allowedSessionKeyPrefixes: a hook can speak in any"
                                            + " conversation, also in yours."
                                    : "hooks.allowRequestSessionKey is on, for names that begin as"
                                            + " hooks.allowedSessionKeyPrefixes says.",
                            "Run: evergate config set hooks.allowedSessionKeyPrefixes"
                                    + " '[\"hook:\"]'"));
        }
        List<String> trusting =
                settings.at("hooks.mappings")
                        .valueStream()
                        .filter(m -> m.path("allowUnsafeExternalContent").asBoolean(false))
                        .map(m -> m.path("match").path("path").asString("*"))
                        .toList();
        if (!trusting.isEmpty()) {
            findings.add(
                    new Finding(
                            "hooks.unsafe_external_content",
                            WARN,
                            "What strangers write is taken for your own words",
                            "allowUnsafeExternalContent is on in hooks.mappings for "
                                    + String.join(", ", trusting)
                                    + ": a mail or a comment can tell the agent what to do.",
                            "Take allowUnsafeExternalContent out of these mappings"));
        }
        return findings;
    }
}
