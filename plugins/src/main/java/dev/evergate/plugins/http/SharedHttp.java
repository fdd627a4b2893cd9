package dev.evergate.plugins.http;

import org.jspecify.annotations.Nullable;

import java.net.http.HttpClient;
import java.time.Duration;

/**
 * One HTTP client for many providers, made when the first one asks. Thread-safe.
 *
 * <p>Its threads are the client's own daemon threads. HTTP/1.1 only: there, cancelling a request
 * closes its connection, which is how a provider learns that nobody wants the answer any more.
 */
public final class SharedHttp {
    /** How long a connection may take to come about. */
    public static final Duration CONNECT_MAX = Duration.ofSeconds(10);

    private @Nullable HttpClient client;

    /** The client; making it costs some tens of milliseconds the first time. */
    public synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            made =
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .followRedirects(HttpClient.Redirect.NEVER) // the key goes along
                            .connectTimeout(CONNECT_MAX)
                            .build();
            client = made;
        }
        return made;
    }
}
