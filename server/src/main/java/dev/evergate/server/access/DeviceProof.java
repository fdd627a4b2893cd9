package dev.evergate.server.access;

import dev.evergate.server.wire.WireError;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that a device holds the key it names: an Ed25519 signature over the challenge (protocol v4
 * "The string that is signed", versions 3 and 2). Stateless; takes about a millisecond.
 */
final class DeviceProof {
    private static final long AGE_MS_MAX = 120_000;
    private static final int KEY_BYTES = 32;

    /** Makes a SubjectPublicKeyInfo of 32 raw key bytes (RFC 8410 section 4). */
    private static final byte[] KEY_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private DeviceProof() {}

    /** Why the proof does not hold; empty if it does. */
    static Optional<WireError> fault(
            ConnectRequest request, ConnectRequest.Device device, String nonce, long nowMs) {
        byte[] rawKey = decode(device.publicKey());
        if (!device.id().equals(fingerprint(rawKey))) {
            return fault("device identity mismatch", "DEVICE_ID_MISMATCH", "device-id-mismatch");
        }
        if (Math.abs(nowMs - device.signedAtMs()) > AGE_MS_MAX) {
            return fault("device signature expired", "SIGNATURE_EXPIRED", "device-signature-stale");
        }
        if (device.nonce().isBlank()) {
            return fault("device nonce required", "NONCE_REQUIRED", "device-nonce-missing");
        }
        if (!device.nonce().equals(nonce)) {
            return fault("device nonce mismatch", "NONCE_MISMATCH", "device-nonce-mismatch");
        }
        if (rawKey.length != KEY_BYTES) {
            return fault("device public key invalid", "PUBLIC_KEY_INVALID", "device-public-key");
        }
        return isSigned(request, device, rawKey)
                ? Optional.empty()
                : fault("device signature invalid", "SIGNATURE_INVALID", "device-signature");
    }

    /** A public key as it is kept, whatever alphabet it came in. */
    static String canonical(String publicKey) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(decode(publicKey));
    }

    private static Optional<WireError> fault(String message, String code, String reason) {
        return Optional.of(
                WireError.invalid(message)
                        .with("code", "DEVICE_AUTH_" + code)
                        .with("reason", reason));
    }

    private static boolean isSigned(
            ConnectRequest request, ConnectRequest.Device device, byte[] rawKey) {
        byte[] signature = decode(device.signature());
        try {
            PublicKey key = publicKey(rawKey);
            for (String token : signedTokens(request.auth())) {
                String second = secondVersion(request, device, token);
                if (verifies(key, thirdVersion(request, second), signature)
                        || verifies(key, "v2|" + second, signature)) {
                    return true;
                }
            }
            return false;
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    /** The secrets the client may have put under its signature. */
    private static Set<String> signedTokens(ConnectRequest.Auth auth) {
        Set<String> tokens = new LinkedHashSet<>();
        for (String token :
                new String[] {auth.token(), auth.deviceToken(), auth.bootstrapToken()}) {
            if (!token.isEmpty()) {
                tokens.add(token);
            }
        }
        if (tokens.isEmpty()) {
            tokens.add("");
        }
        return tokens;
    }

    private static String secondVersion(
            ConnectRequest request, ConnectRequest.Device device, String token) {
        return String.join(
                "|",
                device.id(),
                request.client().id(),
                request.client().mode(),
                request.role(),
                String.join(",", request.scopes()),
                Long.toString(device.signedAtMs()),
                token,
                device.nonce());
    }

    private static String thirdVersion(ConnectRequest request, String second) {
        return "v3|"
                + second
                + "|"
                + normalized(request.client().platform())
                + "|"
                + normalized(request.client().deviceFamily());
    }

    /** Trimmed, and A to Z in lower case, whatever the locale. */
    private static String normalized(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.strip().chars().forEach(c -> out.append((char) (c >= 'A' && c <= 'Z' ? c + 32 : c)));
        return out.toString();
    }

    private static boolean verifies(PublicKey key, String text, byte[] signature)
            throws GeneralSecurityException {
        Signature check = Signature.getInstance("Ed25519");
        check.initVerify(key);
        check.update(text.getBytes(StandardCharsets.UTF_8));
        try {
            return check.verify(signature);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    private static PublicKey publicKey(byte[] rawKey) throws GeneralSecurityException {
        byte[] encoded = new byte[KEY_PREFIX.length + rawKey.length];
        System.arraycopy(KEY_PREFIX, 0, encoded, 0, KEY_PREFIX.length);
        System.arraycopy(rawKey, 0, encoded, KEY_PREFIX.length, rawKey.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    private static String fingerprint(byte[] rawKey) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(rawKey));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no SHA-256", missing);
        }
    }

    /** Base64 of either alphabet, padded or not; no bytes if it is neither. */
    private static byte[] decode(String text) {
        String plain = text.replace('+', '-').replace('/', '_').replace("=", "");
        try {
            return Base64.getUrlDecoder().decode(plain);
        } catch (IllegalArgumentException malformed) {
            return new byte[0];
        }
    }
}
