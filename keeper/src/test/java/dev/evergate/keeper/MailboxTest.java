package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class MailboxTest {
    @Test
    void aStormOfSignalsLeavesRoomForTheEndOfAProcess() {
        Mailbox mailbox = new Mailbox();
        for (int i = 0; i < 1_000; i++) {
            mailbox.post(new Mailbox.Mail.Signalled("HUP"));
        }
        mailbox.post(new Mailbox.Mail.Exited(7, 0));

        List<Mailbox.Mail> taken = new ArrayList<>();
        for (Mailbox.Mail mail = mailbox.take(); mail != null; mail = mailbox.take()) {
            taken.add(mail);
        }

        assertThat(taken).hasSize(33).endsWith(new Mailbox.Mail.Exited(7, 0));
    }
}
