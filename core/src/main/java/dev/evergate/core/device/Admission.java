package dev.evergate.core.device;

import dev.evergate.api.Secret;
import dev.evergate.core.journal.Device;

import java.util.List;

/** What becomes of an {@link Applicant}. */
public sealed interface Admission {
    /**
     * It may be what it wants to be.
     *
     * @param token what it may show for that from now on
     * @param others what it may be besides, and does not know yet
     */
    record Admitted(Secret token, long issuedAtMs, List<Handed> others) implements Admission {
        public Admitted {
            others = List.copyOf(others);
        }
    }

    /** What a device may show in a role. */
    record Handed(String role, List<String> scopes, Secret token, long issuedAtMs) {
        public Handed {
            scopes = List.copyOf(scopes);
        }
    }

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
