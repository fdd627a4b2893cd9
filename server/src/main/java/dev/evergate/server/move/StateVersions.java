package dev.evergate.server.move;

/**
 * How far the numbers in {@code stateVersion} have come, so that they never fall when another
 * server goes on.
 *
 * @param presence of who is here
 * @param health of the health snapshot
 * @param isPresenceTold whether clients have been told of the newest presence
 */
public record StateVersions(long presence, long health, boolean isPresenceTold) {}
