package dev.evergate.server.exchange;

import java.util.Optional;

/** A family of HTTP requests. Thread-safe. */
public interface Route {
    /**
     * What becomes of this request; empty if it belongs to another family. Called on an event loop
     * before the body is read: must not wait.
     */
    Optional<Admission> admit(HttpHead head);
}
