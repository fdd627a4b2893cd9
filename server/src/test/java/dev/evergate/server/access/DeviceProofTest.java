package dev.evergate.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.server.wire.WireError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Optional;

class DeviceProofTest {
    // The vector of the protocol's reference: the seed is the bytes 0 to 31.
    private static final String ID =
            "56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c";
    private static final String KEY = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg";
    private static final String V3 =
            "AMrz-bJ789pXxQnDpgIUBlCs8-rpeESbIC--VOMeqStlqaTnmKHEztvXSocBNrKm2J5m2kt0LNq6kdBVfPgXBA";
    private static final String V2 =
            "eYFDi9PDvlLhNbX6ZNqY157J5b4yLN6tbprFy7Li_N8aZyg6kT6kWcD-hIaRNdJyoragEWckWBKX_UsprQpWCg";
    private static final long SIGNED_AT_MS = 1_737_264_000_000L;

    private static Optional<String> fault(
            String id, String key, String signature, String nonce, long nowMs) {
        var device = new ConnectRequest.Device(id, key, signature, nonce, SIGNED_AT_MS);
        var request =
                new ConnectRequest(
                        4,
                        4,
                        new Grant.Client("cli", "cli", "1", "linux", "Linux", "", "", id),
                        Optional.empty(),
                        List.of("operator.read", "operator.write"),
                        List.of(),
                        List.of(),
                        new ConnectRequest.Auth("T0KEN", "", "", ""),
                        Optional.of(device));
        return DeviceProof.fault(request, device, "nonce-1", nowMs).map(WireError::message);
    }

    @Test
    void acceptsBothVersionsOfTheSignature() {
        assertThat(fault(ID, KEY, V3, "nonce-1", SIGNED_AT_MS)).isEmpty();
        assertThat(fault(ID, KEY, V2, "nonce-1", SIGNED_AT_MS + 119_000)).isEmpty();
    }

    @Test
    void acceptsOtherSpellingsOfBase64() {
        String padded = KEY.replace('-', '+').replace('_', '/') + "=";

        assertThat(fault(ID, padded, V3 + "==", "nonce-1", SIGNED_AT_MS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "another id, x, 0, nonce-1, device identity mismatch",
        "too old, , 121000, nonce-1, device signature expired",
        "from the future, , -121000, nonce-1, device signature expired",
        "a blank nonce, , 0, ' ', device nonce required",
        "another nonce, , 0, nonce-2, device nonce mismatch",
    })
    void names(String what, String idSuffix, long lateMs, String nonce, String message) {
        String id = idSuffix == null ? ID : ID + idSuffix;

        assertThat(fault(id, KEY, V3, nonce, SIGNED_AT_MS + lateMs)).as(what).contains(message);
    }

    @Test
    void refusesASignatureThatIsNot() {
        String other = V3.replace('A', 'B');
        assertThat(fault(ID, KEY, other, "nonce-1", SIGNED_AT_MS))
                .contains("device signature invalid");
        assertThat(fault(ID, KEY, "!", "nonce-1", SIGNED_AT_MS))
                .contains("device signature invalid");
    }

    @Test
    void refusesAKeyThatIsNotOne() {
        // The SHA-256 of no bytes at all.
        String id = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

        assertThat(fault(id, "!", V3, "nonce-1", SIGNED_AT_MS))
                .contains("device public key invalid");
    }
}
