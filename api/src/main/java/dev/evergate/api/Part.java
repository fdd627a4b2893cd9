package dev.evergate.api;

/** A piece of what somebody says to a model, or of what it says. Immutable. */
public sealed interface Part {
    /** Plain text. */
    record Text(String text) implements Part {}

    /**
     * A picture, whole.
     *
     * @param mimeType such as {@code image/png}
     */
    record Image(String mimeType, Blob data) implements Part {}

    /**
     * The model wants a tool to be used.
     *
     * @param id names the call within its answer; its result carries the same
     * @param name of the tool
     * @param arguments an object as JSON text, as the model wrote it
     */
    record ToolCall(String id, String name, String arguments) implements Part {}

    /**
     * What came of a call.
     *
     * @param callId the call's id
     */
    record ToolResult(String callId, String text, boolean isError) implements Part {}
}
