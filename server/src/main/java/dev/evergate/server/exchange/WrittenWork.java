package dev.evergate.server.exchange;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.server.audit.Actors;
import dev.evergate.server.audit.Scribe;
import dev.evergate.server.audit.Summary;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.JsonText;

import tools.jackson.core.JacksonException;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;

/**
 * Work on plain requests with its place in the audit log. Thread-safe.
 *
 * @param json reads what a request is about
 */
public record WrittenWork(Scribe scribe, Json json) {
    /** The result of what is worked on: what becomes of it is kept elsewhere. */
    private static final String ACCEPTED = "accepted";

    private static final String FAILED = "failed";

    /** Works on a request and writes that down as it asks for. May block on the store. */
    public void work(Admission.Admitted admitted, HttpCall call) {
        switch (admitted.auditing()) {
            case NEVER -> admitted.work().accept(call);
            case COUNTED -> {
                scribe.counted(actor(admitted, call), act(call, Summary.NONE), ACCEPTED);
                admitted.work().accept(call);
            }
            case ATTEMPTED, REQUIRED -> writeDown(admitted, call);
        }
    }

    private void writeDown(Admission.Admitted admitted, HttpCall call) {
        Actor actor = actor(admitted, call);
        Act act = act(call, summary(call));
        long asked = scribe.asked(actor, act, admitted.auditing());
        Written written = new Written(scribe, asked, actor, act, call);
        try {
            admitted.work().accept(written);
        } catch (EvergateException e) {
            scribe.ended(asked, actor, act, e.code().name());
            throw e;
        } catch (RuntimeException bug) {
            scribe.ended(asked, actor, act, FAILED);
            throw bug;
        }
    }

    private static Actor actor(Admission.Admitted admitted, HttpCall call) {
        return Actors.of(admitted.by(), call.head().peer());
    }

    private static Act act(HttpCall call, Summary summary) {
        HttpHead head = call.head();
        return new Act(head.method() + " " + head.path(), summary.target(), "", summary.detail());
    }

    private Summary summary(HttpCall call) {
        try {
            return Summary.of(json.parse(JsonText.of(call.body())));
        } catch (JacksonException | EvergateException malformed) {
            return Summary.NONE;
        }
    }

    /** Lets nobody be told of an outcome that is not written down. */
    private record Written(Scribe scribe, long asked, Actor actor, Act act, HttpCall call)
            implements HttpCall {
        @Override
        public HttpHead head() {
            return call.head();
        }

        @Override
        public byte[] body() {
            return call.body();
        }

        @Override
        public void answer(HttpAnswer answer) {
            boolean isDone = answer.status().startsWith("2");
            scribe.ended(
                    asked, actor, act, isDone ? Note.OK : "http-" + answer.status().split(" ")[0]);
            call.answer(answer);
        }

        @Override
        public void transfer(HttpAnswer head, long bytes, ReadableByteChannel body)
                throws IOException {
            scribe.ended(asked, actor, act, Note.OK);
            call.transfer(head, bytes, body);
        }

        @Override
        public Runnable stream(EventSource source) {
            scribe.ended(asked, actor, act, Note.OK);
            return call.stream(source);
        }

        @Override
        public void whenGone(Runnable action) {
            call.whenGone(action);
        }

        @Override
        public boolean isOver() {
            return call.isOver();
        }
    }
}
