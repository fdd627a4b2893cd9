package dev.evergate.core.journal;

/**
 * A code that lets one device in which nobody has seen yet. Times are wall clock.
 *
 * @param id what it is called; says nothing of the code
 * @param hash SHA-256 of the code, in hexadecimal: the code itself is not kept
 * @param access what it allows, by a name
 * @param expiresAtMs it lets nobody in from then on
 * @param usedBy the device it has let in; empty while it has let in none
 * @param usedAtMs 0 while it has let in none
 */
public record SetupCode(
        String id,
        String hash,
        String access,
        long issuedAtMs,
        long expiresAtMs,
        String usedBy,
        long usedAtMs) {
    /** One that has let nobody in. */
    public SetupCode(String id, String hash, String access, long issuedAtMs, long expiresAtMs) {
        this(id, hash, access, issuedAtMs, expiresAtMs, "", 0);
    }

    public boolean isUsed() {
        return !usedBy.isEmpty();
    }

    /** The same after it has let a device in. */
    public SetupCode usedBy(String deviceId, long atMs) {
        return new SetupCode(id, hash, access, issuedAtMs, expiresAtMs, deviceId, atMs);
    }
}
