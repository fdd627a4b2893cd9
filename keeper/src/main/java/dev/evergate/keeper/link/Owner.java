package dev.evergate.keeper.link;

import java.util.ArrayList;
import java.util.List;

/**
 * Who keeps a state directory, and where its gateway stands.
 *
 * @param pid the keeper's
 * @param instance the keeper's life, a UUID
 * @param phase {@code booting}, {@code serving}, {@code backoff}, {@code stopping} or a step of a
 *     restart beside a generation that serves: {@code rehearsing}, {@code handing-over}, {@code
 *     aborting}, {@code draining}
 * @param generation the one that serves or boots, or else the newest; 0 before the first
 * @param generationPid its process, 0 when none runs
 * @param version of the generation once it has said hello, else of the keeper
 * @param sinceMs wall time in ms since 1970 at which the phase began
 * @param places where the gateway listens, each as {@code address:port}
 */
public record Owner(
        long pid,
        String instance,
        String phase,
        long generation,
        long generationPid,
        String version,
        long sinceMs,
        List<String> places) {
    public Owner {
        places = List.copyOf(places);
    }

    /** Whether a generation serves, as far as its keeper can tell. */
    public boolean isServing() {
        return switch (phase) {
            case "serving", "rehearsing", "handing-over", "aborting", "draining" -> true;
            default -> false;
        };
    }

    /** As a message with the given word, {@link Word#OWNER} or {@link Word#EVENT}. */
    public LinkMessage toMessage(String word) {
        return LinkMessage.of(word)
                .with("pid", pid)
                .with("instance", instance)
                .with("phase", phase)
                .with("generation", generation)
                .with("generationPid", generationPid)
                .with("version", version)
                .with("since", sinceMs)
                .with("places", String.join(" ", places));
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
                message.number("since"),
                places(message.text("places", "")));
    }

    private static List<String> places(String text) {
        List<String> places = new ArrayList<>();
        for (int at = 0, end; at < text.length(); at = end + 1) {
            end = text.indexOf(' ', at);
            end = end < 0 ? text.length() : end;
            places.add(text.substring(at, end));
        }
        return places;
    }
}
