package dev.evergate.store;

import dev.evergate.core.journal.Sessions.Archived;
import dev.evergate.core.journal.Sessions.Filter;

import java.util.ArrayList;
import java.util.List;

/** Which conversations are meant, as a condition of SQL with its values. */
record SessionFilter(String where, List<Object> values) {
    private static final String MATCHING = " AND s.search_text LIKE ? ESCAPE '!'";
    private static final String LABELLED = " AND s.label = ?";
    private static final String OF_AGENT = " AND s.agent_id = ?";
    private static final String CHANGED = " AND s.updated_at_ms >= ?";
    private static final String ARCHIVED =
            " AND json_extract(s.details, '$.archivedAt') IS NOT NULL";
    private static final String NOT_ARCHIVED =
            " AND json_extract(s.details, '$.archivedAt') IS NULL";
    private static final String NONE = " AND 0";

    /**
     * @param isWhole whether the table has its present columns
     */
    static SessionFilter of(Filter filter, boolean isWhole) {
        var where = new StringBuilder("WHERE 1 = 1");
        List<Object> values = new ArrayList<>();
        if (!filter.agentId().isEmpty()) {
            where.append(OF_AGENT);
            values.add(filter.agentId());
        }
        if (!filter.search().isEmpty()) {
            where.append(MATCHING);
            values.add("%" + escaped(SessionTable.folded(filter.search())) + "%");
        }
        if (!filter.label().isEmpty()) {
            where.append(LABELLED);
            values.add(filter.label());
        }
        if (filter.changedSinceMs() > 0) {
            where.append(CHANGED);
            values.add(filter.changedSinceMs());
        }
        if (isWhole) {
            where.append(
                    switch (filter.archived()) {
                        case NO -> NOT_ARCHIVED;
                        case ONLY -> ARCHIVED;
                        case ALL -> "";
                    });
        } else if (filter.archived() == Archived.ONLY) {
            where.append(NONE); // a release before puts none aside
        }
        return new SessionFilter(where.toString(), values);
    }

    private static String escaped(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }
}
