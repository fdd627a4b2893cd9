package dev.evergate.server.rpc;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.core.time.World;
import dev.evergate.server.access.Scope;
import dev.evergate.server.audit.Scribe;
import dev.evergate.server.audit.Summary;
import dev.evergate.server.wire.WireError;

import java.util.concurrent.atomic.AtomicBoolean;

/** A method with its place in the audit log. Immutable. */
final class AuditedMethod {
    private static final String HANDED_ON = "handed-on";
    private static final String FAILED = "failed";

    private final Method method;
    private final Scribe scribe;
    private final World world;

    private AuditedMethod(Method method, Services services) {
        this.method = method;
        this.scribe = services.boards().scribe();
        this.world = services.world();
    }

    /** The method, written down each time as it asks for. */
    static Method of(Method method, Services services) {
        AuditedMethod audited = new AuditedMethod(method, services);
        return switch (method.auditing()) {
            case NEVER -> method;
            case COUNTED -> method.handledBy(audited::count);
            case ATTEMPTED, REQUIRED -> method.handledBy(audited::writeDown);
        };
    }

    private void count(Call call) {
        try {
            method.handler().handle(call);
            scribe.counted(call.actor().anywhere(), act(Summary.NONE), Note.OK);
        } catch (EvergateException e) {
            scribe.counted(call.actor().anywhere(), act(Summary.NONE), result(WireError.of(e)));
            throw e;
        }
    }

    private void writeDown(Call call) {
        Act act = act(call.summary());
        Actor actor = call.actor();
        long asked = scribe.asked(actor, act, method.auditing());
        Entry entry = new Entry(asked, actor, act);
        try {
            method.handler().handle(call.answeredThrough(next -> new Outcome(entry, next)));
        } catch (EvergateException e) {
            entry.end(result(WireError.of(e)));
            throw e;
        } catch (RuntimeException bug) {
            entry.end(FAILED);
            throw bug;
        }
    }

    private Act act(Summary summary) {
        return new Act(
                method.name(),
                summary.target(),
                method.scope().map(Scope::wireName).orElse(""),
                summary.detail());
    }

    private static String result(WireError error) {
        return error.details().getOrDefault("code", error.code()).toString();
    }

    /** What is open until the outcome is known; only the first counts. */
    private final class Entry {
        private final long asked;
        private final Actor actor;
        private final Act act;
        private final Thread thread = Thread.currentThread();
        private final AtomicBoolean isEnded = new AtomicBoolean();

        Entry(long asked, Actor actor, Act act) {
            this.asked = asked;
            this.actor = actor;
            this.act = act;
        }

        void end(String result) {
            if (isEnded.compareAndSet(false, true)) {
                scribe.ended(asked, actor, act, result);
            }
        }

        /** Ends it, then tells; never on an event loop, which must not wait. */
        void endAndTell(String result, Runnable tell) {
            if (Thread.currentThread().equals(thread)) {
                end(result);
                tell.run();
            } else {
                world.tasks()
                        .start(
                                "audit",
                                () -> {
                                    end(result);
                                    tell.run();
                                });
            }
        }
    }

    /** Lets nobody be told of an outcome that is not written down. */
    private record Outcome(Entry entry, Call.Responder next) implements Call.Responder {
        @Override
        public void ok(byte[] payload, boolean isLast) {
            if (isLast) {
                entry.endAndTell(Note.OK, () -> next.ok(payload, true));
            } else {
                next.ok(payload, false);
            }
        }

        @Override
        public void failed(WireError error) {
            entry.endAndTell(result(error), () -> next.failed(error));
        }

        @Override
        public void failed(byte[] payload, WireError error) {
            entry.endAndTell(result(error), () -> next.failed(payload, error));
        }

        @Override
        public void handOn(String method, byte[] params) {
            next.handOn(method, params); // at once: connections are on the move
            entry.endAndTell(HANDED_ON, () -> {});
        }

        @Override
        public void handOnWhenMoved(String method, byte[] params) {
            next.handOnWhenMoved(method, params);
        }

        @Override
        public void whenGone(Runnable gone) {
            next.whenGone(gone);
        }
    }
}
