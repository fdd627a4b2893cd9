package dev.evergate.server.ui;

import dev.evergate.fuzz.Input;
import dev.evergate.fuzz.Target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whatever path is asked for, only a file of the folder is found, and no hidden one. */
public final class SiteTarget implements Target {
    private static final String PUBLIC = "public";

    private final Site site;

    public SiteTarget() {
        try {
            Path top = Files.createTempDirectory("site");
            Path root = Files.createDirectories(top.resolve("root"));
            Files.writeString(top.resolve("secret"), "secret");
            Files.createDirectories(root.resolve("assets"));
            Files.createDirectories(root.resolve(".git"));
            Files.writeString(root.resolve("index.html"), PUBLIC);
            Files.writeString(root.resolve("assets/a.js"), PUBLIC);
            Files.writeString(root.resolve(".env"), "secret");
            Files.writeString(root.resolve(".git/config"), "secret");
            Files.createSymbolicLink(root.resolve("link"), top.resolve("secret"));
            Files.createSymbolicLink(root.resolve("up"), top);
            site = new Site(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                Input.utf8("index.html"),
                Input.utf8("assets/a.js"),
                Input.utf8("../secret"),
                Input.utf8("up/secret"),
                Input.utf8("link"),
                Input.utf8("assets/..//.env"),
                Input.utf8(".git/config"),
                Input.utf8("assets\\..\\.env\u0000.js"));
    }

    @Override
    public void take(byte[] input) throws IOException {
        String path = new String(input, StandardCharsets.UTF_8);
        Optional<FileChannel> found = site.open(path);
        if (found.isPresent()) {
            try (FileChannel file = found.get()) {
                ByteBuffer bytes = ByteBuffer.allocate(16);
                var _ = file.read(bytes);
                String content = StandardCharsets.UTF_8.decode(bytes.flip()).toString();
                if (!content.equals(PUBLIC)) {
                    throw new AssertionError("\"%s\" led outside".formatted(path));
                }
            }
        }
    }
}
