package dev.evergate.testkit.net;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;

/** The key pair of a device, which proves itself as protocol v4 says. Thread-safe. */
public final class DeviceKey {
    private static final int RAW_BYTES = 32;

    private final KeyPair pair;
    private final byte[] raw;

    private DeviceKey(KeyPair pair) {
        byte[] encoded = pair.getPublic().getEncoded();
        this.pair = pair;
        this.raw = Arrays.copyOfRange(encoded, encoded.length - RAW_BYTES, encoded.length);
    }

    public static DeviceKey make() {
        try {
            return new DeviceKey(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no Ed25519", missing);
        }
    }

    /** The device's id. */
    public String id() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(raw));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no SHA-256", missing);
        }
    }

    /**
     * Adds the device and its proof (version 3) to the parameters of a {@code connect}, which must
     * be complete otherwise.
     *
     * @param challenge payload of {@code connect.challenge}
     */
    public void prove(ObjectNode params, JsonNode challenge) {
        JsonNode client = params.path("client");
        JsonNode auth = params.path("auth");
        String nonce = challenge.path("nonce").asString("");
        long signedAtMs = challenge.path("ts").asLong();
        String own = auth.path("deviceToken").asString(auth.path("bootstrapToken").asString(""));
        String token = auth.path("token").asString(own);
        String text =
                String.join(
                        "|",
                        "v3",
                        id(),
                        client.path("id").asString(""),
                        client.path("mode").asString(""),
                        params.path("role").asString("operator"),
                        params.path("scopes")
                                .valueStream()
                                .map(JsonNode::asString)
                                .collect(Collectors.joining(",")),
                        Long.toString(signedAtMs),
                        token,
                        nonce,
                        client.path("platform").asString("").toLowerCase(Locale.ROOT),
                        client.path("deviceFamily").asString("").toLowerCase(Locale.ROOT));
        params.putObject("device")
                .put("id", id())
                .put("publicKey", text(raw))
                .put("signature", text(sign(text)))
                .put("signedAt", signedAtMs)
                .put("nonce", nonce);
    }

    private byte[] sign(String text) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return signature.sign();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no Ed25519", missing);
        }
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
