package dev.evergate.store;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

/** What the store says when it takes no work. */
final class Refusals {
    private Refusals() {}

    static EvergateException closed() {
        return new EvergateException(ErrorCode.UNAVAILABLE, "The store is closed: try again later");
    }

    static EvergateException overloaded(int waiting, String kind) {
        return new EvergateException(
                ErrorCode.STATE_UNUSABLE,
                "The disk of the store does not follow: %d %s are waiting already; try again"
                        .formatted(waiting, kind));
    }
}
