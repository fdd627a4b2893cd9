package dev.evergate.server.ui;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a file is, by the ending of its name. */
final class MediaTypes {
    static final String HTML = "text/html; charset=utf-8";
    static final String UNKNOWN = "application/octet-stream";

    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String JSON = "application/json; charset=utf-8";
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final Map<String, String> BY_ENDING =
            Map.ofEntries(
                    Map.entry("js", SCRIPT),
                    Map.entry("mjs", SCRIPT),
                    Map.entry("css", "text/css; charset=utf-8"),
                    Map.entry("html", HTML),
                    Map.entry("json", JSON),
                    Map.entry("map", JSON),
                    Map.entry("webmanifest", "application/manifest+json; charset=utf-8"),
                    Map.entry("txt", PLAIN),
                    Map.entry("md", PLAIN),
                    Map.entry("svg", "image/svg+xml"),
                    Map.entry("png", "image/png"),
                    Map.entry("jpg", "image/jpeg"),
                    Map.entry("jpeg", "image/jpeg"),
                    Map.entry("gif", "image/gif"),
                    Map.entry("webp", "image/webp"),
                    Map.entry("avif", "image/avif"),
                    Map.entry("ico", "image/x-icon"),
                    Map.entry("woff", "font/woff"),
                    Map.entry("woff2", "font/woff2"),
                    Map.entry("ttf", "font/ttf"),
                    Map.entry("wasm", "application/wasm"),
                    Map.entry("mp3", "audio/mpeg"),
                    Map.entry("ogg", "audio/ogg"),
                    Map.entry("wav", "audio/wav"),
                    Map.entry("mp4", "video/mp4"));

    private MediaTypes() {}

    /** Empty if the ending says nothing. */
    static Optional<String> of(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return Optional.ofNullable(BY_ENDING.get(ending));
    }
}
