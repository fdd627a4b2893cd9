package dev.evergate.server.wire;

import dev.evergate.api.Blob;
import dev.evergate.core.config.RemotePictures;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Content.Block;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What clients enclose with a message: pictures, which are kept beside it, and files of text, which
 * become a part of what is said. Immutable.
 *
 * @param blocks in order
 * @param attachments the pictures
 */
public record Enclosures(List<Block> blocks, List<Attachment> attachments) {
    /** All enclosures of a message together. */
    public static final int BYTES_MAX = 19_464_192;

    /** One picture. */
    public static final int IMAGE_BYTES_MAX = RemotePictures.BYTES_MAX;

    private static final int TEXT_BYTES_MAX = 1 << 20;
    private static final int COUNT_MAX = 20;

    /** What models can look at. */
    private static final Set<String> IMAGES = Set.copyOf(RemotePictures.TYPES);

    private static final Set<String> TEXTS =
            Set.of(
                    "application/json",
                    "application/xml",
                    "application/yaml",
                    "application/x-yaml",
                    "application/toml",
                    "application/javascript",
                    "application/sql",
                    "application/x-sh");

    private static final String EXPECTED = String.join(", ", IMAGES.stream().sorted().toList());

    public Enclosures {
        blocks = List.copyOf(blocks);
        attachments = List.copyOf(attachments);
    }

    /**
     * Reads {@code attachments} of a call.
     *
     * @throws EvergateException INVALID_REQUEST if one of them cannot be taken; names it
     */
    public static Enclosures read(List<Params> items) {
        List<Block> blocks = new ArrayList<>();
        List<Attachment> attachments = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < items.size(); i++) {
            Params item = items.get(i);
            Blob data = data(item);
            bytes += data.size();
            if (i >= COUNT_MAX || bytes > BYTES_MAX) {
                throw item.refusedHere(
                        "too much with one message (expected: at most %d, and %d bytes together)"
                                .formatted(COUNT_MAX, BYTES_MAX));
            }
            String name = item.optionalText("fileName").orElse("").strip();
            String type = type(item);
            if (IMAGES.contains(type)) {
                refuseLarger(item, data, IMAGE_BYTES_MAX);
                var image = new Attachment(type, name, data);
                attachments.add(image);
                blocks.add(image.image());
            } else if (type.startsWith("text/") || TEXTS.contains(type)) {
                refuseLarger(item, data, TEXT_BYTES_MAX);
                blocks.add(new Block.Text(file(item, name.isEmpty() ? type : name, data)));
            } else {
                throw item.refusedHere(
                        "a file of the type \"%s\" (expected: %s, or text)"
                                .formatted(type, EXPECTED));
            }
        }
        return new Enclosures(blocks, attachments);
    }

    /**
     * Reads a picture that stands in an address, as in {@code data:image/png;base64,…}.
     *
     * @return empty if the address is of another kind, or what it holds cannot be taken
     */
    public static Optional<Attachment> image(String url) {
        int comma = url.indexOf(',');
        if (!url.regionMatches(true, 0, "data:", 0, 5) || comma < 0) {
            return Optional.empty();
        }
        String[] head = url.substring(5, comma).toLowerCase(Locale.ROOT).split(";");
        if (!IMAGES.contains(normal(head[0])) || !head[head.length - 1].equals("base64")) {
            return Optional.empty();
        }
        try {
            Blob data = Blob.ofBase64(url.substring(comma + 1));
            return data.size() == 0 || data.size() > IMAGE_BYTES_MAX
                    ? Optional.empty()
                    : Optional.of(new Attachment(normal(head[0]), "", data));
        } catch (IllegalArgumentException noBase64) {
            return Optional.empty();
        }
    }

    /**
     * A picture that another server calls so.
     *
     * @return empty if models cannot look at it, or it does not begin as such a picture does: what
     *     is no picture has no business with a model
     */
    public static Optional<Attachment> image(String type, Blob data) {
        String known = normal(type);
        boolean isFit =
                IMAGES.contains(known)
                        && data.size() <= IMAGE_BYTES_MAX
                        && ImageSignature.fits(known, data.bytes());
        return isFit ? Optional.of(new Attachment(known, "", data)) : Optional.empty();
    }

    /** What pictures have to be like, for people. */
    public static String expectedImage() {
        return "a data: URL with base64 of %s, at most %d bytes"
                .formatted(EXPECTED, IMAGE_BYTES_MAX);
    }

    private static Blob data(Params item) {
        Params holder = item.object("source").orElse(item);
        String name = holder == item ? "content" : "data";
        String text = holder.text(name);
        String base64 = text.startsWith("data:") ? text.substring(text.indexOf(',') + 1) : text;
        try {
            return Blob.ofBase64(base64);
        } catch (IllegalArgumentException noBase64) {
            throw holder.refused(name, "must be base64");
        }
    }

    private static String type(Params item) {
        String named =
                item.optionalText("mimeType")
                        .or(() -> item.object("source").flatMap(s -> s.optionalText("media_type")))
                        .orElse("");
        String content = item.optionalText("content").orElse("");
        if (named.isEmpty() && content.startsWith("data:")) {
            named = content.substring(5, Math.max(5, content.indexOf(',')));
        }
        if (named.isEmpty()) {
            throw item.missing("mimeType");
        }
        return normal(named);
    }

    private static String normal(String type) {
        String plain = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return plain.equals("image/jpg") ? "image/jpeg" : plain;
    }

    private static void refuseLarger(Params item, Blob data, int bytesMax) {
        if (data.size() == 0 || data.size() > bytesMax) {
            throw item.refusedHere(
                    "a file of %d bytes (expected: 1 to %d)".formatted(data.size(), bytesMax));
        }
    }

    private static String file(Params item, String name, Blob data) {
        try {
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(data.bytes()))
                            .toString();
            return "[File %s]\n%s".formatted(name.replaceAll("\\p{Cntrl}", " "), text);
        } catch (CharacterCodingException noText) {
            throw item.refusedHere("a file that is no UTF-8 text (expected: text)");
        }
    }
}
