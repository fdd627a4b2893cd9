package dev.evergate.server.hooks;

import dev.evergate.api.Secret;
import dev.evergate.core.config.HookSignature;
import dev.evergate.server.exchange.HttpHead;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signature of one request, over the bytes of its body as they came. Immutable.
 *
 * @param offered what came with the request; empty if nothing did
 * @param wanted what would be right; none if the request says too little to know
 * @param sentSeconds when the sender says that it sent it, in Unix seconds; {@code nowSeconds} if
 *     its form does not say
 * @param key names the event, and nobody can change it without the secret
 */
record Seal(String offered, Secret wanted, long sentSeconds, String key) {
    /** How far the clocks of two computers may be apart, and how long a request may travel. */
    static final long SECONDS_MAX = 300;

    private static final String PREFIX = "whsec_";
    private static final String VERSION = "v1,";

    /** What a request has in the place where this signature belongs. */
    static Seal of(HookSignature signature, HttpHead head, byte[] body, long nowSeconds) {
        return switch (signature.form()) {
            case STANDARD -> standard(key(signature.secret()), head, body);
            case GITHUB -> gitHub(key(signature.secret()), head, body, nowSeconds);
        };
    }

    /** Whether it was sent just now, as the sender's clock goes. */
    boolean isTimely(long nowSeconds) {
        return Math.abs(nowSeconds - sentSeconds) <= SECONDS_MAX;
    }

    private static Seal standard(byte[] key, HttpHead head, byte[] body) {
        String id = head.header("webhook-id").orElse("");
        String sent = head.header("webhook-timestamp").orElse("");
        if (!id.matches("[!-~]{1,128}") || !sent.matches("\\d{1,12}")) {
            return new Seal("", Secret.none(), 0, "");
        }
        byte[] named = (id + "." + sent + ".").getBytes(StandardCharsets.UTF_8);
        Secret wanted =
                Secret.of(VERSION + Base64.getEncoder().encodeToString(mac(key, named, body)));
        // More than one while the sender changes its secret.
        List<String> offered =
                Stream.of(head.header("webhook-signature").orElse("").split(" ")).toList();
        return new Seal(
                offered.stream().filter(wanted::matches).findFirst().orElse(offered.getFirst()),
                wanted,
                Long.parseLong(sent),
                id);
    }

    /** Says neither when it was sent nor, under its signature, which event it is: the body is. */
    private static Seal gitHub(byte[] key, HttpHead head, byte[] body, long nowSeconds) {
        String mac = HexFormat.of().formatHex(mac(key, new byte[0], body));
        return new Seal(
                head.header("x-hub-signature-256").orElse(""),
                Secret.of("sha256=" + mac),
                nowSeconds,
                HexFormat.of().formatHex(digest(body)));
    }

    private static byte[] key(Secret secret) {
        String text = secret.reveal();
        return text.startsWith(PREFIX)
                ? Base64.getDecoder().decode(text.substring(PREFIX.length()))
                : text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] mac(byte[] key, byte[] first, byte[] rest) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(first);
            return mac.doFinal(rest);
        } catch (NoSuchAlgorithmException | InvalidKeyException missing) {
            throw new IllegalStateException("this Java has no HMAC with SHA-256", missing);
        }
    }

    private static byte[] digest(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java has no SHA-256", missing);
        }
    }
}
