package dev.evergate.core.journal;

import java.util.List;
import java.util.Optional;

/** The restarts of this gateway; the newest 200 are kept. Needs no lease: it only adds, by key. */
public interface Restarts {
    /** Keeps a report; one of the same generation replaces the earlier one. */
    void add(RestartReport report);

    /** The reports of the highest generations, highest first; {@code limit} (1 or more) at most. */
    List<RestartReport> newest(int limit);

    /** The report of the restart that went to this generation. */
    Optional<RestartReport> find(long generation);
}
