package dev.evergate.app.cli.service;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The line in a service's file that says for which state directory we wrote it, and tells whether
 * anybody has changed it since.
 *
 * @param isTouched whether the file is no longer as we wrote it
 */
public record Stamp(Path state, boolean isTouched) {
    private static final Pattern LINE =
            Pattern.compile(
                    "(?m)^(?:# |<!-- )evergate-install: state=(\\S*) sum=([0-9a-f]{16})(?: -->)?\n");
    private static final int SUM_DIGITS = 16;

    /** {@code text} with a stamp as its last line, in a comment of {@code #}. */
    static String onLines(String text, Path state) {
        return text + "# " + line(text, state) + "\n";
    }

    /** {@code text} with a stamp as its last line, in a comment of XML. */
    static String onXml(String text, Path state) {
        return text + "<!-- " + line(text, state) + " -->\n";
    }

    /** The stamp of a file's text; empty for a file that is not ours. */
    public static Optional<Stamp> of(String text) {
        String plain = text.replace("\r\n", "\n");
        Matcher matcher = LINE.matcher(plain);
        if (!matcher.find()) {
            return Optional.empty();
        }
        String rest = plain.substring(0, matcher.start()) + plain.substring(matcher.end());
        return Optional.of(
                new Stamp(Path.of(decoded(matcher.group(1))), !sum(rest).equals(matcher.group(2))));
    }

    private static String line(String text, Path state) {
        return "evergate-install: state=" + encoded(state.toString()) + " sum=" + sum(text);
    }

    /** One word, without what would end a comment of XML. */
    private static String encoded(String path) {
        var word = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean isSecondDash = c == '-' && (i == 0 || path.charAt(i - 1) == '-');
            if (c == '%' || c <= ' ' || isSecondDash || Character.isWhitespace(c)) {
                word.append("%%%04x".formatted((int) c));
            } else {
                word.append(c);
            }
        }
        return word.toString();
    }

    private static String decoded(String word) {
        return Pattern.compile("%([0-9a-f]{4})")
                .matcher(word)
                .replaceAll(
                        code ->
                                Matcher.quoteReplacement(
                                        String.valueOf(
                                                (char) Integer.parseInt(code.group(1), 16))));
    }

    private static String sum(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, SUM_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
