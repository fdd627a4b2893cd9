package dev.evergate.app.config;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Does to a configuration's file what editors, scripts, disks and people do, and then some. The
 * same seed does the same. Not thread-safe.
 */
public final class Mutator {
    private static final List<String> VALUES =
            List.of(
                    "null",
                    "true",
                    "false",
                    "0",
                    "-1",
                    "1e99",
                    "99999999999999999999",
                    "NaN",
                    "\"\"",
                    "\"x\"",
                    "[]",
                    "{}",
                    "[[[[[[[[1]]]]]]]]",
                    "{ a: { b: { c: 1 } } }",
                    "[1, \"two\", null]",
                    "'single'",
                    "0x7f",
                    "+5",
                    ".5",
                    "\"${NOT_SET_ANYWHERE}\"",
                    "{ source: \"env\", provider: \"default\", id: \"NOT_SET_ANYWHERE\" }",
                    "{ source: \"file\", provider: \"gone\", id: \"/nowhere\" }");

    private static final List<String> LINES =
            List.of(
                    "  bogus: 1,",
                    "  gateway: \"not an object\",",
                    "  gateway: { port: \"eighty\" },",
                    "  agents: [],",
                    "  models: { providers: { a: { baseUrl: \"no url\" } } },",
                    "  \"$include\": \"./gone.json5\",",
                    "  \"$include\": \"../../../../etc/passwd\",",
                    "  \"$include\": \"evergate.json\",",
                    "  channels: { telegram: { enabled: \"maybe\" } },",
                    "  logging: { level: \"shout\" },",
                    "  // a comment",
                    "  /* a comment that does not end",
                    "  \"\\ud800\": 1,",
                    "  __proto__: { polluted: true },",
                    "}",
                    "{",
                    "]");

    private final Random random;
    private final Path file;
    private final String base;

    /**
     * @param base a good text that each mutation begins with
     */
    public Mutator(long seed, Path file, String base) {
        this.random = new Random(seed);
        this.file = file;
        this.base = base;
    }

    /** Does one thing to the file, and says what. */
    public String mutate() throws IOException {
        clear();
        return switch (random.nextInt(16)) {
            case 0, 1 -> write("truncated", cut(bytes(base)));
            case 2, 3 -> write("flipped", flipped(bytes(base)));
            case 4, 5, 6 -> write("with other values", bytes(withOtherValues()));
            case 7, 8, 9 -> write("with other lines", bytes(withOtherLines()));
            case 10 -> drip();
            case 11 -> race();
            case 12 -> write("strange", strange());
            case 13 -> renamed();
            case 14 -> replaced();
            default -> write("good again", bytes(base + "// " + random.nextInt(100) + "\n"));
        };
    }

    /** Whatever stands there gives way to a plain file with the good text. */
    public void heal() throws IOException {
        clear();
        var _ = write("good", bytes(base));
    }

    private void clear() throws IOException {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(file);
        } else if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && (Files.isSymbolicLink(file) || random.nextInt(4) == 0)) {
            Files.delete(file);
        } else if (Files.exists(file)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String write(String what, byte[] bytes) throws IOException {
        Files.write(file, bytes);
        return what;
    }

    private byte[] cut(byte[] bytes) {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }

    private byte[] flipped(byte[] bytes) {
        byte[] other = bytes.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return other;
    }

    /** Some values of the text, whatever they belong to, become something else. */
    private String withOtherValues() {
        StringBuilder text = new StringBuilder(base);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int colon = text.indexOf(": ", random.nextInt(text.length()));
            int end = colon < 0 ? -1 : end(text, colon + 2);
            if (end > 0) {
                text.replace(colon + 2, end, VALUES.get(random.nextInt(VALUES.size())));
            }
        }
        return text.toString();
    }

    private static int end(CharSequence text, int from) {
        int end = from;
        while (end < text.length() && ",\n}".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    private String withOtherLines() {
        List<String> lines = new ArrayList<>(base.lines().toList());
        for (int i = random.nextInt(3); i >= 0 && !lines.isEmpty(); i--) {
            int at = random.nextInt(lines.size());
            switch (random.nextInt(4)) {
                case 0 -> lines.remove(at);
                case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
                case 2 -> Collections.swap(lines, at, random.nextInt(lines.size()));
                default -> lines.add(at, LINES.get(random.nextInt(LINES.size())));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private byte[] strange() {
        return switch (random.nextInt(7)) {
            case 0 -> new byte[0];
            case 1 -> new byte[random.nextInt(5_000)];
            case 2 -> bytes("\uFEFF" + base);
            case 3 -> bytes(base.replace("\n", "\r\n"));
            case 4 -> bytes("[".repeat(1 + random.nextInt(20_000)));
            case 5 -> bytes("{a:".repeat(1 + random.nextInt(20_000)));
            default -> {
                byte[] noise = new byte[random.nextInt(2_000)];
                random.nextBytes(noise);
                yield noise;
            }
        };
    }

    /** As an editor that writes bit by bit, and is still at it. */
    private String drip() throws IOException {
        byte[] bytes = bytes(base);
        int end = random.nextInt(bytes.length);
        try (var out = Files.newOutputStream(file)) {
            for (int at = 0; at < end; at += 97) {
                out.write(bytes, at, Math.min(97, end - at));
                out.flush();
            }
        }
        return "dripped";
    }

    /** Two who write at the same time, each its own half. */
    private String race() throws IOException {
        byte[] one = bytes(base);
        byte[] other = bytes(withOtherValues());
        Files.write(file, one);
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            int from = random.nextInt(Math.min(one.length, other.length));
            out.seek(from);
            out.write(other, from, other.length - from);
        }
        return "written by two";
    }

    private String renamed() throws IOException {
        Path next = Files.writeString(file.resolveSibling(".next"), withOtherValues());
        if (random.nextBoolean()) {
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
            return "renamed";
        }
        Path target = file.resolveSibling("elsewhere.json5");
        Files.move(next, target, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(file);
        Files.createSymbolicLink(file, target.getFileName());
        return "a symbolic link now";
    }

    private String replaced() throws IOException {
        Files.deleteIfExists(file);
        return switch (random.nextInt(4)) {
            case 0 -> "gone";
            case 1 -> {
                Files.createDirectory(file);
                yield "a directory now";
            }
            case 2 -> {
                Files.createSymbolicLink(file, file.getFileName());
                yield "a link to itself";
            }
            default -> {
                Files.writeString(file, base);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
                yield "unreadable";
            }
        };
    }
}
