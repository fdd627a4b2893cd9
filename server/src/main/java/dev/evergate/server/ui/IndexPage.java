package dev.evergate.server.ui;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page that every address of the control UI shows, made to fit the place it is served at.
 *
 * @param text what is sent
 * @param policy its content security policy, which lets its own inline scripts run and no others
 * @param tag changes with the text
 */
record IndexPage(String text, String policy, String tag) {
    private static final Pattern HTML = Pattern.compile("<html\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern INLINE_SCRIPT =
            Pattern.compile(
                    "<script\\b(?![^>]*\\ssrc=)[^>]*>(.*?)</script>",
                    Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final int TAG_CHARS = 32;

    /**
     * @param file as it is in the folder, with addresses relative to it
     * @param basePath what the control UI's addresses begin with; empty, or a slash and more
     */
    static IndexPage of(String file, String basePath) {
        String base = escaped(basePath);
        String stamp =
                "<html data-openclaw-control-ui-base-path=\"%s\"".formatted(base)
                        + " data-openclaw-terminal-enabled=\"false\"";
        String text =
                HTML.matcher(file)
                        .replaceFirst(Matcher.quoteReplacement(stamp))
                        .replace("=\"./", "=\"" + base + "/");
        StringBuilder scripts = new StringBuilder("'self' 'wasm-unsafe-eval'");
        INLINE_SCRIPT
                .matcher(text)
                .results()
                .forEach(
                        script ->
                                scripts.append(" 'sha256-")
                                        .append(base64(sha256(script.group(1))))
                                        .append("'"));
        return new IndexPage(
                text,
                policy(scripts.toString()),
                HexFormat.of().formatHex(sha256(text)).substring(0, TAG_CHARS));
    }

    /**
     * What the pages of this origin may load and talk to: nobody else. A link that names another
     * gateway can so not have the page introduce itself there, with its token (S11).
     */
    static String policy(String scripts) {
        return "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none';"
                + " form-action 'self'; script-src "
                + scripts
                + "; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
                + " media-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:;"
                + " connect-src 'self' data: blob:";
    }

    private static String escaped(String attribute) {
        return attribute
                .replace("&", "&amp;")
                .replace("\"", "&quot;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java has no SHA-256", missing);
        }
    }
}
