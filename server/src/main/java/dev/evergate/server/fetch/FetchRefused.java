package dev.evergate.server.fetch;

/**
 * Something was not fetched. The message goes on after what was to be fetched, and says nothing of
 * our own network: an address that is not public and a name that does not exist are told alike.
 */
public final class FetchRefused extends Exception {
    private static final long serialVersionUID = 1;

    FetchRefused(String message) {
        super(message);
    }

    FetchRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
