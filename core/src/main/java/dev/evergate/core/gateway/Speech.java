package dev.evergate.core.gateway;

import dev.evergate.api.Blob;
import dev.evergate.api.ChatMessage;
import dev.evergate.api.ChatMessage.Role;
import dev.evergate.api.Part;
import dev.evergate.core.journal.Attachments;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Content.Block;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was said, in the words of a model: pictures are taken out of the journal, newest first, as
 * long as they are not too many. For one thread; blocks on the store.
 */
final class Speech {
    /** All pictures of one request together; a request is held in memory more than once. */
    private static final long IMAGE_BYTES_MAX = 12L << 20;

    /** What a picture counts for in a budget of characters. */
    private static final int IMAGE_CHARS = 3_000;

    private final Attachments attachments;
    private final boolean seesImages;
    private long imageBytesLeft = IMAGE_BYTES_MAX;

    Speech(Attachments attachments, boolean seesImages) {
        this.attachments = attachments;
        this.seesImages = seesImages;
    }

    /** How much room a content takes, in characters. */
    static long chars(Content content) {
        return content.blocks().stream().mapToLong(Speech::chars).sum();
    }

    private static long chars(Block block) {
        return switch (block) {
            case Block.Text(var text) -> text.length();
            case Block.Image _ -> IMAGE_CHARS;
            case Block.Call(var call) -> call.name().length() + call.arguments().length();
            case Block.Result result -> result.text().length();
        };
    }

    /** One message, or two if tools and somebody else speak; none if there is nothing to say. */
    List<ChatMessage> messages(Role role, Content content) {
        List<Part> results = new ArrayList<>();
        List<Part> others = new ArrayList<>();
        for (Block block : content.blocks()) {
            switch (block) {
                case Block.Text(var text) -> others.add(new Part.Text(text));
                case Block.Image image -> others.add(picture(image));
                case Block.Call(var call) -> others.add(call);
                case Block.Result(var callId, _, var text, var isError) ->
                        results.add(new Part.ToolResult(callId, text, isError));
            }
        }
        List<ChatMessage> messages = new ArrayList<>();
        if (!results.isEmpty()) {
            messages.add(new ChatMessage(Role.TOOL, results));
        }
        if (!others.isEmpty()) {
            messages.add(new ChatMessage(role, others));
        }
        return messages;
    }

    private Part picture(Block.Image image) {
        if (!seesImages) {
            return missing(image, "this model sees none");
        }
        if (image.sizeBytes() > imageBytesLeft) {
            return missing(image, "too long ago to be shown again");
        }
        Optional<Blob> data = attachments.find(image.sha256());
        imageBytesLeft -= data.map(Blob::size).orElse(0);
        return data.<Part>map(bytes -> new Part.Image(image.mimeType(), bytes))
                .orElseGet(() -> missing(image, "not kept any more"));
    }

    private static Part missing(Block.Image image, String why) {
        String name = image.name().isEmpty() ? image.mimeType() : image.name();
        return new Part.Text("[A picture, %s: %s.]".formatted(name, why));
    }
}
