package dev.evergate.server.rpc;

import dev.evergate.core.journal.Audit;
import dev.evergate.core.journal.AuditCodec;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditTrail.Query;
import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Auditing;
import dev.evergate.server.wire.Params;

import java.util.List;

/** {@code audit.entries}: who did what. */
final class AuditMethods {
    private static final int LIMIT = 100;

    private final Audit audit;

    AuditMethods(Services services) {
        this.audit = services.desks().audit();
    }

    List<Method> methods() {
        return List.of(
                Method.blocking("audit.entries", Scope.ADMIN, this::entries)
                        .audited(Auditing.NEVER));
    }

    private void entries(Call call) {
        Params params = call.params();
        int limit = (int) params.optionalInteger("limit", 1, Query.LIMIT_MAX).orElse(LIMIT);
        Query query =
                new Query(
                        params.optionalInteger("after", 0, Long.MAX_VALUE).orElse(0),
                        params.optionalInteger("cursor", 0, Long.MAX_VALUE).orElse(0),
                        params.optionalText("actor").orElse(""),
                        params.optionalText("action").orElse(""),
                        limit);
        List<AuditEntry> found = audit.newest(query);
        call.answer(
                out -> {
                    out.writeStartObject();
                    out.writeArrayPropertyStart("entries");
                    found.forEach(entry -> out.writeTree(AuditCodec.tree(entry)));
                    out.writeEndArray();
                    if (found.size() == limit) {
                        out.writeNumberProperty("nextCursor", found.getLast().seq());
                    }
                    out.writeEndObject();
                });
    }
}
