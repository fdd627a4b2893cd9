package dev.evergate.app.cli;

import dev.evergate.api.Secret;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options of every command that asks a gateway. */
final class ConnectOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Ask this gateway instead of the local one.")
    private String url = "";

    @Option(names = "--token", paramLabel = "TOKEN", description = "The gateway's token.")
    private String token = "";

    @Option(names = "--password", paramLabel = "TEXT", description = "The gateway's password.")
    private String password = "";

    @Option(
            names = "--tls-fingerprint",
            paramLabel = "SHA256",
            description = "Trust the gateway's certificate with this fingerprint, and no other.")
    private String fingerprint = "";

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "The state directory (default: ~/.evergate).")
    private String stateDirectory = "";

    @Option(names = "--json", description = "Answer in JSON, for scripts.")
    private boolean json;

    boolean isJson() {
        return json;
    }

    Discovery.Given given() {
        return new Discovery.Given(
                url, Secret.of(token), Secret.of(password), fingerprint, stateDirectory);
    }

    /** Reads {@code 10}, {@code 10s}, {@code 500ms}, {@code 2m}; a bare number is seconds. */
    static final class Seconds implements ITypeConverter<Duration> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,7})(ms|s|m|h)?");

        @Override
        public Duration convert(String value) {
            Matcher matcher = FORM.matcher(value);
            if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
                throw new TypeConversionException(
                        "'" + value + "' is not a duration (expected: such as 10, 500ms or 2m)");
            }
            long number = Long.parseLong(matcher.group(1));
            String unit = matcher.group(2);
            return switch (unit == null ? "s" : unit) {
                case "ms" -> Duration.ofMillis(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofSeconds(number);
            };
        }
    }
}
