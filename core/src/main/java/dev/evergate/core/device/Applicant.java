package dev.evergate.core.device;

import dev.evergate.core.journal.Device.Looks;

import java.util.List;

/** A device that has proven its key, and what it wants to be. */
public record Applicant(
        String deviceId, String publicKey, Looks looks, String role, List<String> scopes) {
    public Applicant {
        scopes = List.copyOf(scopes);
    }
}
