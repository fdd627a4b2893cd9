package dev.evergate.core.device;

import dev.evergate.api.Secret;
import dev.evergate.core.journal.Device;

/** What becomes of an {@link Applicant}. */
public sealed interface Admission {
    /**
     * It may be what it wants to be.
     *
     * @param token what it may show for that from now on
     */
    record Admitted(Secret token, long issuedAtMs) implements Admission {}

    /**
     * Somebody must allow it first.
     *
     * @param device with its request
     */
    record Waiting(Reason reason, Device device) implements Admission {}

    /**
     * It may not even ask now: too many have asked, from where it is or altogether.
     *
     * @param afterMs until it may
     */
    record Deferred(long afterMs) implements Admission {}

    /** What has not been allowed. */
    enum Reason {
        /** The device is not known. */
        NOT_PAIRED,
        /** It wants a role it does not have. */
        ROLE_UPGRADE,
        /** It wants scopes it does not have. */
        SCOPE_UPGRADE,
        /** It looks different from what was allowed. */
        METADATA_UPGRADE
    }
}
