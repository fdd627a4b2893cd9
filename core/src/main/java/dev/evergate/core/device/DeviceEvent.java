package dev.evergate.core.device;

import dev.evergate.core.journal.Device;

/** Something that happened to a device. Times are wall clock. */
public sealed interface DeviceEvent {
    /**
     * It asks to be allowed something.
     *
     * @param device with its request
     */
    record Requested(Device device) implements DeviceEvent {}

    /** Its request has been answered, or the shared secret on this machine was answer enough. */
    record Resolved(String requestId, String deviceId, boolean isApproved, long atMs)
            implements DeviceEvent {}

    /**
     * What it was allowed before does not count any more: its connections end.
     *
     * @param role the role it is about; empty for all
     * @param reason for the client, in the words of the protocol
     */
    record Withdrawn(String deviceId, String role, String reason) implements DeviceEvent {}

    /**
     * A node offers more than it may be asked for.
     *
     * @param device with the node and its wish
     */
    record OfferRequested(Device device) implements DeviceEvent {}

    /**
     * What a node has offered has been answered.
     *
     * @param requestId empty if there was no request, but what had been allowed was taken back
     */
    record OfferResolved(String requestId, String deviceId, Verdict verdict, long atMs)
            implements DeviceEvent {}

    /** What became of an offer. */
    enum Verdict {
        APPROVED,
        REJECTED,
        REMOVED
    }
}
