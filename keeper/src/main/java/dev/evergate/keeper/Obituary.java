package dev.evergate.keeper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells how a generation ended. Thread-safety: stateless. */
final class Obituary {
    private static final int SIGNAL_STATUS = 128;

    private Obituary() {}

    /** Logs the end, and removes the file of its errors if there were none. */
    static void write(
            KeeperLog log, Path errors, long number, int status, long servedMs, boolean isWanted) {
        boolean hasErrors = keepIfUsed(errors);
        String text =
                "Generation "
                        + number
                        + (status > SIGNAL_STATUS
                                ? " was ended by signal " + (status - SIGNAL_STATUS)
                                : " ended with code " + status)
                        + (servedMs < 0 ? " before it served" : " after serving " + span(servedMs));
        if (isWanted) {
            log.info("generation.ended", text);
        } else {
            log.complain(
                    "generation.ended",
                    text + "; the next one follows." + (hasErrors ? " Its errors: " + errors : ""));
        }
    }

    private static boolean keepIfUsed(Path errors) {
        try {
            if (Files.size(errors) > 0) {
                return true;
            }
            Files.delete(errors);
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    private static String span(long ms) {
        long seconds = ms / 1_000;
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
    }
}
