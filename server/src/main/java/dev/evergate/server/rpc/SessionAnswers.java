package dev.evergate.server.rpc;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SessionDetails.Moment;
import dev.evergate.core.journal.SessionDetails.Text;
import dev.evergate.server.wire.Shapes;

import tools.jackson.core.JsonGenerator;

/** How conversations are told to who changed them. Stateless. */
final class SessionAnswers {
    private SessionAnswers() {}

    /** The properties {@code key} and {@code entry}. */
    static void entry(JsonGenerator out, Session session) {
        out.writeStringProperty("key", session.key());
        out.writeObjectPropertyStart("entry");
        out.writeStringProperty("sessionId", session.sessionId());
        out.writeNumberProperty("updatedAt", session.updatedAtMs());
        out.writeNumberProperty("createdAt", session.createdAtMs());
        if (!session.label().isEmpty()) {
            out.writeStringProperty("label", session.label());
        }
        for (Text name : Text.values()) {
            session.details()
                    .text(name)
                    .ifPresent(value -> out.writeStringProperty(name.wireName(), value));
        }
        for (Moment name : Moment.values()) {
            session.details()
                    .moment(name)
                    .ifPresent(value -> out.writeNumberProperty(name.wireName(), value));
        }
        out.writeEndObject();
    }

    /** The property {@code resolved}: what holds for the next answer. */
    static void resolved(JsonGenerator out, Session session, ConfigSnapshot config) {
        out.writeObjectPropertyStart("resolved");
        Shapes.model(out, session, config);
        out.writeEndObject();
    }
}
