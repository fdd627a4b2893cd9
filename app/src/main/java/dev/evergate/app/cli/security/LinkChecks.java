package dev.evergate.app.cli.security;

import static dev.evergate.app.cli.security.Severity.INFO;
import static dev.evergate.app.cli.security.Severity.WARN;

import java.util.ArrayList;
import java.util.List;

/** What the gateway sends and writes: to providers, to collectors, into its log. */
record LinkChecks(Settings settings) {
    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        settings.at("models.providers")
                .properties()
                .forEach(
                        provider -> {
                            boolean hasKey =
                                    !provider.getValue().path("apiKey").asString("").isEmpty();
                            String url = provider.getValue().path("baseUrl").asString("");
                            if (hasKey && Settings.isReadable(url)) {
                                findings.add(
                                        new Finding(
                                                "models.provider_plain_http",
                                                WARN,
                                                "A provider's key travels in the clear",
                                                "models.providers."
                                                        + provider.getKey()
                                                        + ".baseUrl is a http:// address of another"
                                                        + " computer.",
                                                "Use its https:// address"));
                            }
                        });
        boolean isTold =
                settings.isOn("diagnostics.enabled")
                        && settings.at("diagnostics.otel.enabled").asBoolean(true);
        if (isTold && Settings.isReadable(settings.text("diagnostics.otel.endpoint", ""))) {
            findings.add(
                    new Finding(
                            "diagnostics.otel_plain_http",
                            WARN,
                            "Telemetry travels in the clear",
                            "diagnostics.otel.endpoint is a http:// address of another computer.",
                            "Use its https:// address"));
        }
        if (List.of("debug", "trace").contains(settings.text("logging.level", "info"))) {
            findings.add(
                    new Finding(
                            "logging.verbose",
                            INFO,
                            "The log tells more than it has to",
                            "logging.level is \"%s\"."
                                    .formatted(settings.text("logging.level", "")),
                            "Run: evergate config unset logging.level"));
        }
        return findings;
    }
}
