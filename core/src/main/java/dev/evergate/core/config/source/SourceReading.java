package dev.evergate.core.config.source;

import dev.evergate.core.config.ConfigProblem;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** What came of reading the files of a configuration. */
public sealed interface SourceReading {
    /** Every file that could make the next reading different, as {@link ConfigSources#watched}. */
    Set<Path> watched();

    /**
     * The texts that were read, as {@link ConfigSources#texts}; without those that could not be.
     */
    Map<Path, String> texts();

    /** All of it was read. */
    record Read(ConfigSources sources) implements SourceReading {
        @Override
        public Set<Path> watched() {
            return sources.watched();
        }

        @Override
        public Map<Path, String> texts() {
            return sources.texts();
        }
    }

    /** The file people edit is not there. */
    record Missing(Path root, Set<Path> watched) implements SourceReading {
        public Missing {
            watched = Set.copyOf(watched);
        }

        @Override
        public Map<Path, String> texts() {
            return Map.of();
        }
    }

    /**
     * One of the files, or how they refer to each other, makes all of it unusable.
     *
     * @param problem names the file, and line and column where there are some
     */
    record Unusable(ConfigProblem problem, Map<Path, String> texts, Set<Path> watched)
            implements SourceReading {
        public Unusable {
            watched = Set.copyOf(watched);
        }
    }
}
