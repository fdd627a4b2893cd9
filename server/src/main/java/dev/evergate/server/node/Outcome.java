package dev.evergate.server.node;

/** How an errand ended. */
public sealed interface Outcome {
    /**
     * The node has done it.
     *
     * @param payload what it brought, one JSON value
     * @param payloadJson the same as the node sent it if it sent text; empty if it did not
     */
    record Done(String payload, String payloadJson) implements Outcome {}

    /**
     * It has not been done, as far as is known.
     *
     * @param code for programs; empty if the node gave none
     * @param message for people
     * @param isDispatched whether the node was sent for it, and so may have begun
     */
    record Failed(String code, String message, boolean isDispatched) implements Outcome {}
}
