package dev.evergate.core.device;

import dev.evergate.api.Secret;
import dev.evergate.core.journal.Device.Role;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes and recognizes device tokens. Stateless.
 *
 * <p>A token is computed from a salt and a key of this state directory. So a device gets the same
 * one each time it comes, although the store keeps nothing but its hash.
 */
final class TokenMint {
    /** No token is one of this role: what is shown is compared with it where there is nothing. */
    static final Role NOBODYS = new Role("", List.of(), "", "-".repeat(64), 0);

    private TokenMint() {}

    /** A role with a new token. */
    static Role issue(
            Secret key, String deviceId, String role, List<String> scopes, String salt, long atMs) {
        return new Role(role, scopes, salt, hash(token(key, deviceId, role, salt).reveal()), atMs);
    }

    /** The token of a role; absent if it was made with another key. */
    static Secret token(Secret key, String deviceId, Role role) {
        Secret token = token(key, deviceId, role.name(), role.tokenSalt());
        return isOf(role, token.reveal()) ? token : Secret.none();
    }

    /** Whether somebody shows the token of this role; takes the same time whatever is shown. */
    static boolean isOf(Role role, String shown) {
        return isSame(role.tokenHash(), hash(shown));
    }

    /** Whether two hashes are the same; takes the same time whatever they are. */
    static boolean isSame(String hash, String other) {
        return MessageDigest.isEqual(
                hash.getBytes(StandardCharsets.US_ASCII),
                other.getBytes(StandardCharsets.US_ASCII));
    }

    private static Secret token(Secret key, String deviceId, String role, String salt) {
        String name = String.join("|", "device-token", deviceId, role, salt);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            byte[] bytes = key.reveal().getBytes(StandardCharsets.UTF_8);
            mac.init(new SecretKeySpec(bytes, mac.getAlgorithm()));
            byte[] token = mac.doFinal(name.getBytes(StandardCharsets.UTF_8));
            return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(token));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no HMAC-SHA-256", missing);
        }
    }

    /** What is kept of a token: its SHA-256, in hexadecimal. */
    static String hash(String token) {
        try {
            byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no SHA-256", missing);
        }
    }
}
