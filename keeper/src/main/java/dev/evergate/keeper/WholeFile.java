package dev.evergate.keeper;

import dev.evergate.keeper.log.OwnFile;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Replaces small text files so that a reader sees the old or the new one. */
final class WholeFile {
    private WholeFile() {}

    /** Replaces the file; the content may be lost with the machine's power, the file is whole. */
    static void replace(Path file, String text) throws IOException {
        write(file, text, false);
    }

    /** Replaces the file; when this returns the new content survives a loss of power. */
    static void replaceForGood(Path file, String text) throws IOException {
        write(file, text, true);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static void write(Path file, String text, boolean isSynced) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(temporary); // left by a crash, with a mode of its own
        OwnFile.make(temporary);
        try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            if (isSynced) {
                out.getFD().sync();
            }
        }
        Files.move(
                temporary,
                file,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** The file's text. */
    static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
