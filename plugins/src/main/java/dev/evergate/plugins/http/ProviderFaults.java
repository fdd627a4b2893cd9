package dev.evergate.plugins.http;

import dev.evergate.api.ModelException;
import dev.evergate.api.ModelException.Kind;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.Secret;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SSLException;

/**
 * Says what went wrong with one provider, in words that a person can act on and without any of its
 * secrets. Immutable and thread-safe.
 */
public final class ProviderFaults {
    /** Shorter header values are no secrets, and hiding them would garble messages. */
    private static final int SECRET_CHARS_MIN = 6;

    private static final int QUOTED_CHARS_MAX = 300;

    private final ModelProviderSettings settings;
    private final String address;
    private final List<String> secrets = new ArrayList<>();

    public ProviderFaults(ModelProviderSettings settings) {
        this.settings = settings;
        this.address = shown(settings.baseUrl());
        secrets.add(settings.apiKey().reveal());
        for (Secret header : settings.headers().values()) {
            String value = header.reveal();
            secrets.add(value);
            secrets.add(value.substring(value.indexOf(' ') + 1)); // "Bearer …"
        }
        secrets.removeIf(secret -> secret.length() < SECRET_CHARS_MIN);
    }

    /** Without user, password and query: they may hold secrets. */
    private static String shown(URI url) {
        if (url.getHost() == null) {
            return "(no host)";
        }
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        String path = url.getPath() == null ? "" : url.getPath();
        return url.getScheme() + "://" + url.getHost() + port + path;
    }

    /** A failure of this kind; {@code what} goes on after the provider's name and address. */
    public ModelException fault(Kind kind, String what) {
        return fault(kind, what, Optional.empty());
    }

    /** As above, with the wait that the provider asked for. */
    public ModelException fault(Kind kind, String what, Optional<Duration> retryAfter) {
        String message =
                "Provider \"%s\" at %s: %s".formatted(settings.id(), address, withoutSecrets(what));
        return new ModelException(kind, message, retryAfter);
    }

    /** The configuration key of this provider with this name. */
    public String key(String name) {
        return "models.providers." + settings.id() + "." + name;
    }

    /** Foreign text, made fit for a message: one line, not long, no control characters. */
    public String quoted(String foreign) {
        String line = withoutSecrets(foreign).replaceAll("[\\p{Cntrl}\\p{Cf}\\s]+", " ").strip();
        return line.length() <= QUOTED_CHARS_MAX ? line : line.substring(0, QUOTED_CHARS_MAX) + "…";
    }

    private String withoutSecrets(String text) {
        String clean = text;
        for (String secret : secrets) {
            clean = clean.replace(secret, "(secret)");
        }
        return clean;
    }

    /** The caller does not want the answer any more. */
    public ModelException cancelled() {
        return fault(Kind.CANCELLED, "the request was cancelled");
    }

    /** No head of a response came in time. */
    public ModelException noFirstByte() {
        return fault(
                Kind.UNREACHABLE,
                "no answer within %s (%s)"
                        .formatted(seconds(settings.timeout()), key("timeoutSeconds")));
    }

    /** The answer stopped in the middle. */
    public ModelException silent() {
        return fault(
                Kind.BROKEN,
                "silent for %s in the middle of the answer (%s)"
                        .formatted(seconds(settings.timeout()), key("timeoutSeconds")));
    }

    /** The connection was lost in the middle of the answer. */
    public ModelException cut(Throwable cause) {
        return fault(
                Kind.BROKEN,
                "the connection was cut in the middle of the answer (%s)"
                        .formatted(quoted(reason(cause))));
    }

    /** No response came because the connection failed. */
    public ModelException unreachable(Throwable failure) {
        return fault(Kind.UNREACHABLE, layer(failure));
    }

    private String layer(Throwable failure) {
        boolean refused = false;
        boolean protocol = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException
                    || cause instanceof UnknownHostException) {
                return "the name \"%s\" cannot be resolved (expected: a host that exists; see %s)"
                        .formatted(settings.baseUrl().getHost(), key("baseUrl"));
            }
            if (cause instanceof HttpConnectTimeoutException) {
                return "no connection within %s (expected: a host that can be reached)"
                        .formatted(seconds(SharedHttp.CONNECT_MAX));
            }
            if (cause instanceof NoRouteToHostException) {
                return "no route to the host (expected: a host that can be reached)";
            }
            if (cause instanceof SSLException) {
                return ("TLS failed: %s (expected: a certificate that this machine trusts;"
                                + " a server without TLS has an address with http://)")
                        .formatted(quoted(reason(cause)));
            }
            refused |= cause instanceof ConnectException;
            protocol |= cause instanceof ProtocolException;
        }
        if (refused) {
            return "connection refused (expected: a server that listens there; is it running?)";
        }
        return protocol
                ? "what answers there does not speak HTTP (expected: an API; see %s)"
                        .formatted(key("baseUrl"))
                : "the connection was closed without an answer (%s)"
                        .formatted(quoted(reason(failure)));
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        for (Throwable next = cause.getCause(); next != null; next = next.getCause()) {
            cause = next;
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    private static String seconds(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
