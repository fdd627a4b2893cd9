package dev.evergate.core.journal;

import dev.evergate.api.Part.ToolCall;
import dev.evergate.core.fault.EvergateException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a message or a row of a transcript consists of. Immutable.
 *
 * @param blocks in order
 */
public record Content(List<Block> blocks) {
    /** Nothing. */
    public static final Content NONE = new Content(List.of());

    public Content {
        blocks = List.copyOf(blocks);
    }

    /** Plain text. */
    public static Content text(String text) {
        return new Content(List.of(new Block.Text(text)));
    }

    /** What a model said: its text, if there is any, and then the tools it calls. */
    public static Content said(String text, List<ToolCall> calls) {
        if (calls.isEmpty()) {
            return text(text);
        }
        List<Block> blocks = new ArrayList<>();
        if (!text.isEmpty()) {
            blocks.add(new Block.Text(text));
        }
        calls.forEach(call -> blocks.add(new Block.Call(call)));
        return new Content(blocks);
    }

    /** Its text alone, a line for each block; empty if there is none. */
    public String text() {
        return blocks.stream()
                .filter(Block.Text.class::isInstance)
                .map(block -> ((Block.Text) block).text())
                .collect(Collectors.joining("\n"));
    }

    /** Whether it is text and nothing else. */
    public boolean isPlain() {
        return blocks.size() == 1 && blocks.getFirst() instanceof Block.Text;
    }

    /** Whether there is nothing in it that could be answered. */
    public boolean isBlank() {
        return blocks.stream()
                .allMatch(block -> block instanceof Block.Text(var text) && text.isBlank());
    }

    /** The tools a model calls in it. */
    public List<ToolCall> toolCalls() {
        return blocks.stream()
                .filter(Block.Call.class::isInstance)
                .map(block -> ((Block.Call) block).call())
                .toList();
    }

    /** The pictures in it. */
    public List<Block.Image> images() {
        return blocks.stream()
                .filter(Block.Image.class::isInstance)
                .map(Block.Image.class::cast)
                .toList();
    }

    /** As JSON; empty for plain text, which stands beside it. */
    public String encoded() {
        return isPlain() ? "" : ContentCodec.encode(this);
    }

    /**
     * Reads what {@link #encoded} wrote.
     *
     * @param text what it says if {@code encoded} is empty
     * @throws EvergateException {@code STORE_DAMAGED} if it is nothing of ours
     */
    public static Content decode(String text, String encoded) {
        return encoded.isEmpty() ? text(text) : ContentCodec.decode(encoded);
    }

    /** A piece of it. */
    public sealed interface Block {
        /** Plain text. */
        record Text(String text) implements Block {}

        /**
         * A picture, which is kept among the attachments.
         *
         * @param mimeType such as {@code image/png}
         * @param sha256 of its bytes, 64 hexadecimal digits
         * @param sizeBytes how many
         * @param name as its sender called it; empty if they did not
         */
        record Image(String mimeType, String sha256, long sizeBytes, String name)
                implements Block {}

        /** A model wants a tool to be used. */
        record Call(ToolCall call) implements Block {}

        /**
         * What came of a call.
         *
         * @param callId the call's id
         * @param toolName empty if its sender did not say
         */
        record Result(String callId, String toolName, String text, boolean isError)
                implements Block {}
    }
}
