package dev.evergate.keeper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells how a generation ended. Thread-safety: stateless. */
final class Obituary {
    private static final int SIGNAL_STATUS = 128;

    private Obituary() {}

    /** How it concerns a person. */
    enum Follow {
        /** It was wanted, or is told about elsewhere. */
        NOTHING,
        NEXT
    }

    /** What to say about an end, within a sentence. */
    static String how(long number, int status) {
        return "generation "
                + number
                + (status > SIGNAL_STATUS
                        ? " was ended by signal " + (status - SIGNAL_STATUS)
                        : " ended with code " + status);
    }

    /** Logs the end, and removes the file of its errors if there were none. */
    static void write(
            KeeperLog log, Path errors, long number, int status, long servedMs, Follow follow) {
        boolean hasErrors = keepIfUsed(errors);
        String text =
                "G"
                        + how(number, status).substring(1)
                        + (servedMs < 0 ? " before it served" : " after serving " + span(servedMs));
        String errorsText = hasErrors ? " Its errors: " + errors : "";
        switch (follow) {
            case NOTHING ->
                    log.info("generation.ended", text + (hasErrors ? "." : "") + errorsText);
            case NEXT ->
                    log.complain("generation.ended", text + "; the next one follows." + errorsText);
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
