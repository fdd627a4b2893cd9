package dev.evergate.keeper.link;

/**
 * Who keeps a state directory, and where its gateway stands.
 *
 * @param pid the keeper's
 * @param instance the keeper's life, a UUID
 * @param phase {@code booting}, {@code serving}, {@code restarting}, {@code backoff} or {@code
 *     stopping}
 * @param generation the newest number used, 0 before the first
 * @param generationPid its process, 0 when none runs
 * @param version of the generation once it has said hello, else of the keeper
 * @param sinceMs wall time in ms since 1970 at which the phase began
 */
public record Owner(
        long pid,
        String instance,
        String phase,
        long generation,
        long generationPid,
        String version,
        long sinceMs) {

    /** As a message with the given word, {@link Word#OWNER} or {@link Word#EVENT}. */
    public LinkMessage toMessage(String word) {
        return LinkMessage.of(word)
                .with("pid", pid)
                .with("instance", instance)
                .with("phase", phase)
                .with("generation", generation)
                .with("generationPid", generationPid)
                .with("version", version)
                .with("since", sinceMs);
    }

    /** From a message that carries the fields of {@link Word#OWNER}. */
    public static Owner from(LinkMessage message) throws LinkFormatException {
        return new Owner(
                message.number("pid"),
                message.text("instance"),
                message.text("phase"),
                message.number("generation"),
                message.number("generationPid"),
                message.text("version"),
                message.number("since"));
    }
}
