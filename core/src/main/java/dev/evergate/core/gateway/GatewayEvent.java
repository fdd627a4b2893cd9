package dev.evergate.core.gateway;

import dev.evergate.core.device.DeviceEvent;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.TranscriptRow;

import java.util.Optional;

/**
 * Something that happened.
 *
 * <p>Events of one run come in order, and {@code runSeq} rises with each; a run that is taken up
 * again after a crash goes on at {@code attempt * 1_000_000}. Times are wall clock.
 */
public sealed interface GatewayEvent {
    /** Names the run an event belongs to. */
    record Run(String runId, String sessionKey, String sessionId, String agentId) {}

    /** A run has begun, or has been taken up again. */
    record RunStarted(Run run, long runSeq, long startedAtMs, long atMs) implements GatewayEvent {}

    /** A model has been chosen. */
    record RunModel(Run run, long runSeq, String provider, String model, long atMs)
            implements GatewayEvent {}

    /**
     * More text.
     *
     * @param delta what is new; the whole text if {@code replace}
     * @param text everything so far
     * @param replace whether earlier text is void: the answer was started anew
     */
    record RunText(Run run, long runSeq, String delta, String text, boolean replace, long atMs)
            implements GatewayEvent {}

    /**
     * A run has its conversation summed up before it goes on, or has had it.
     *
     * @param isDone whether that has come to something; false while it goes on
     */
    record RunCompacting(Run run, long runSeq, boolean isOver, boolean isDone, long atMs)
            implements GatewayEvent {}

    /** A run has ended; its rows are durable and were announced before. */
    record RunEnded(Run run, long runSeq, RunEnd end) implements GatewayEvent {}

    /** A row was added to a transcript. */
    record MessageAdded(
            String sessionKey, String agentId, TranscriptRow row, Optional<Session> session)
            implements GatewayEvent {}

    /**
     * A conversation changed.
     *
     * @param reason as on the wire: {@code send}, {@code create}, {@code reset}, {@code delete},
     *     {@code agent.input.settled}, …
     */
    record SessionChanged(
            String sessionKey, String agentId, String reason, Optional<Session> session, long atMs)
            implements GatewayEvent {}

    /**
     * A conversation is being made shorter for models, or has been.
     *
     * @param operationId names this one
     * @param isDone whether that has come to something; false while it goes on
     * @param reason why it has not; empty if it has, or while it goes on
     */
    record SessionCompacting(
            String operationId,
            String sessionKey,
            String agentId,
            boolean isOver,
            boolean isDone,
            String reason,
            long atMs)
            implements GatewayEvent {}

    /**
     * Another configuration is in force.
     *
     * @param path its file
     * @param hash names the content of the file
     * @param plan everything that is different, for people
     */
    record ConfigChanged(String path, String hash, String plan, long atMs)
            implements GatewayEvent {}

    /**
     * The gateway takes requests again, or holds still for somebody who has asked it to.
     *
     * @param phase as on the wire: {@code accepting}, {@code preparing}, {@code draining}, {@code
     *     prepared}
     * @param suspensionId names what is held; empty while nothing is
     * @param requestId of whoever holds it
     * @param isDrain whether running work was to be waited for
     * @param expiresAtMs when it ends by itself
     */
    record SuspensionChanged(
            String phase, String suspensionId, String requestId, boolean isDrain, long expiresAtMs)
            implements GatewayEvent {}

    /** Something happened to a device. */
    record DeviceChanged(DeviceEvent event) implements GatewayEvent {}
}
