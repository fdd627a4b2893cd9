package dev.evergate.store;

import dev.evergate.core.fault.FaultHandler;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.AuditEntry.Act;
import dev.evergate.core.journal.AuditEntry.Actor;
import dev.evergate.core.journal.AuditEntry.Note;
import dev.evergate.core.time.RealWorld;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A generation that writes into the audit log and says what it has written, until it is killed. */
final class AuditPrinter {
    private static final int WRITERS = 4;

    private AuditPrinter() {}

    public static void main(String[] arguments) throws InterruptedException {
        var world = new RealWorld(new FaultHandler());
        SqlStore store = SqlStore.openBeside(Path.of(arguments[0]), world);
        Actor actor = new Actor("token", "", "", arguments[1], "", "127.0.0.1");
        for (int i = 0; i < WRITERS; i++) {
            world.tasks().start("writer", () -> write(store, actor));
        }
        Thread.currentThread().join();
    }

    private static void write(SqlStore store, Actor actor) {
        while (true) {
            var act = new Act("config.patch", "", "operator.admin", "");
            AuditEntry entry = store.audit().append(new Note(1, 1, 0, actor, act, Note.ASKED, 1));
            byte[] line =
                    (entry.seq() + " " + entry.hash() + "\n").getBytes(StandardCharsets.US_ASCII);
            synchronized (System.out) {
                System.out.writeBytes(line);
                System.out.flush();
            }
        }
    }
}
