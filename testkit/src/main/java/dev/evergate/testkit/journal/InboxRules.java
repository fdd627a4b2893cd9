package dev.evergate.testkit.journal;

import static dev.evergate.testkit.journal.Samples.accepted;
import static dev.evergate.testkit.journal.Samples.beginning;
import static dev.evergate.testkit.journal.Samples.done;
import static dev.evergate.testkit.journal.Samples.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.Blob;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.AcceptedMessage.Fate;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Content;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Inbox;
import dev.evergate.core.journal.Inbox.Acceptance;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.IncomingMessage.Origin;
import dev.evergate.core.journal.MessageOptions;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The rules of {@link Inbox}. */
abstract class InboxRules {
    abstract JournalContract fixture();

    @Test
    @Tag("I17")
    void keepsAnAcceptedMessageAcrossLives() {
        IncomingMessage message = message("k1", "agent:main:main");

        AcceptedMessage accepted = accepted(inbox().accept(message));
        fixture().reopen();

        assertThat(inbox().pending()).containsExactly(accepted);
        assertThat(accepted.message()).isEqualTo(message);
        assertThat(accepted.fate()).isEqualTo(Fate.PENDING);
    }

    @Test
    @Tag("I17")
    void keepsWhatAMessageConsistsOfAndWhatCameWithIt() {
        var picture = new Attachment("image/png", "a.png", Blob.of(new byte[] {1, 0, -1}));
        Content content =
                new Content(List.of(new Content.Block.Text("what is this?"), picture.image()));
        MessageOptions options = MessageOptions.NONE.orModel("a/b").orThinking("low");
        var message =
                new IncomingMessage("m", Origin.control("k1"), "s", "k1", content, options, 5);

        AcceptedMessage accepted = accepted(inbox().accept(message, List.of(picture)));
        assertThat(inbox().accept(message, List.of(picture)))
                .isInstanceOf(Acceptance.Duplicate.class);
        fixture().reopen();

        assertThat(inbox().pending()).containsExactly(accepted);
        assertThat(accepted.message()).isEqualTo(message);
        Epoch epoch = fixture().takeLease(1);
        assertThat(
                        fixture()
                                .journal()
                                .turns()
                                .begin(epoch, beginning(accepted, "window-1"))
                                .userRow()
                                .content())
                .isEqualTo(content);
        assertThat(fixture().journal().attachments().find(picture.data().sha256()))
                .contains(picture.data());
        assertThat(fixture().journal().attachments().find("0".repeat(64))).isEmpty();
    }

    @Test
    @Tag("I19")
    @Tag("I25")
    void keepsTheOldMessageWhenTheOriginRepeatsWithOtherContent() {
        IncomingMessage first = message("k1", "agent:main:main");
        IncomingMessage again =
                new IncomingMessage("other-id", first.origin(), "other", "other-run", "other", 5);
        AcceptedMessage accepted = accepted(inbox().accept(first));
        fixture().reopen();

        assertThat(inbox().accept(again)).isEqualTo(new Acceptance.Duplicate(accepted));
        assertThat(inbox().pending()).containsExactly(accepted);
        assertThat(inbox().findByRun("other-run")).isEmpty();
    }

    @Test
    @Tag("I19")
    void tellsOriginsApartByEachOfTheirParts() {
        List<Origin> origins =
                List.of(
                        new Origin("telegram", "default", "7"),
                        new Origin("discord", "default", "7"),
                        new Origin("telegram", "second", "7"),
                        new Origin("telegram", "default", "8"));

        for (int i = 0; i < origins.size(); i++) {
            var message = new IncomingMessage("m" + i, origins.get(i), "s", "run" + i, "hi", i);
            assertThat(inbox().accept(message)).isInstanceOf(Acceptance.Accepted.class);
        }

        assertThat(inbox().pending())
                .extracting(pending -> pending.message().origin())
                .containsExactlyElementsOf(origins);
    }

    @Test
    @Tag("I19")
    void acceptsOneOfManyThatOfferTheSameAtOnce() {
        List<Supplier<Acceptance>> offers =
                IntStream.range(0, 40)
                        .<Supplier<Acceptance>>mapToObj(
                                i -> () -> inbox().accept(message("same", "agent:main:main")))
                        .toList();

        List<Acceptance> answers = fixture().allAtOnce(offers);

        assertThat(answers).filteredOn(Acceptance.Accepted.class::isInstance).hasSize(1);
        assertThat(answers).extracting(Samples::accepted).containsOnly(inbox().pending().get(0));
    }

    @Test
    void refusesAMessageForARunThatAnswersAnother() {
        inbox().accept(message("k1", "agent:main:main"));
        var second = new IncomingMessage("m2", Origin.control("k2"), "s", "k1", "hi", 1);

        JournalContract.assertRefused(ErrorCode.INVALID_REQUEST, () -> inbox().accept(second));

        assertThat(inbox().pending()).hasSize(1);
    }

    @Test
    void numbersMessagesByArrival() {
        AcceptedMessage first = accepted(inbox().accept(message("z", "agent:main:main")));
        AcceptedMessage second = accepted(inbox().accept(message("a", "agent:main:main")));
        fixture().reopen();
        AcceptedMessage third = accepted(inbox().accept(message("m", "agent:main:main")));

        assertThat(inbox().pending()).containsExactly(first, second, third);
        assertThat(List.of(first.arrival(), second.arrival(), third.arrival()))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    @Tag("I25")
    void remembersAnAnsweredMessageWithItsFate() {
        Epoch epoch = fixture().takeLease(1);
        AcceptedMessage accepted = accepted(inbox().accept(message("k1", "agent:main:main")));
        fixture().journal().turns().begin(epoch, beginning(accepted, "window-1"));
        fixture().journal().turns().finish(epoch, done("k1", "hello"));
        fixture().reopen();

        Acceptance again = inbox().accept(message("k1", "agent:main:main"));

        assertThat(again).isInstanceOf(Acceptance.Duplicate.class);
        assertThat(accepted(again).fate()).isEqualTo(Fate.ANSWERED);
        assertThat(inbox().pending()).isEmpty();
    }

    @Test
    void findsAMessageByItsRun() {
        AcceptedMessage accepted = accepted(inbox().accept(message("k1", "agent:main:main")));

        assertThat(inbox().findByRun("k1")).contains(accepted);
        assertThat(inbox().findByRun("k2")).isEmpty();
    }

    @Test
    void keepsEveryCharacter() {
        String text = "quote ' \" line\nend \u0000 emoji \uD83D\uDE80 ü 漢";
        var message = new IncomingMessage("m", Origin.control("' --"), "s'; k", "r", text, -1);

        inbox().accept(message);
        fixture().reopen();

        assertThat(inbox().pending()).extracting(AcceptedMessage::message).containsExactly(message);
    }

    private Inbox inbox() {
        return fixture().journal().inbox();
    }
}
