package dev.evergate.core.config;

import java.util.List;

/**
 * {@code gateway.http.endpoints.<name>.images.*}: what is fetched when a request names the address
 * of a picture.
 *
 * @param areFetched whether anything is
 * @param hosts names, or {@code *.} and what a name ends with; empty for all that are public
 * @param types as servers call them, such as {@code image/png}
 * @param bytesMax largest picture, positive
 * @param redirectsMax how often a picture may be elsewhere, 0 or more
 * @param timeoutMs longest time for one picture, positive
 */
public record RemotePictures(
        boolean areFetched,
        List<String> hosts,
        List<String> types,
        int bytesMax,
        int redirectsMax,
        long timeoutMs) {
    /** What models can look at. */
    public static final List<String> TYPES =
            List.of("image/gif", "image/jpeg", "image/png", "image/webp");

    /** The largest picture that a message may have. */
    public static final int BYTES_MAX = 6_291_456;

    /** Nothing is fetched. */
    public static final RemotePictures OFF =
            new RemotePictures(false, List.of(), TYPES, BYTES_MAX, 3, 10_000);

    public RemotePictures {
        hosts = List.copyOf(hosts);
        types = types.stream().filter(TYPES::contains).toList();
        bytesMax = Math.min(bytesMax, BYTES_MAX);
    }

    /** The same, but no picture is larger than that. */
    public RemotePictures within(int bytes) {
        return new RemotePictures(
                areFetched, hosts, types, Math.min(bytes, bytesMax), redirectsMax, timeoutMs);
    }
}
