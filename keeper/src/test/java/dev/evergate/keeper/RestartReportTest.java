package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.RestartReport.Mark;
import dev.evergate.keeper.link.Committed;
import dev.evergate.keeper.link.Handed;
import dev.evergate.keeper.link.LinkMessage;

import org.junit.jupiter.api.Test;

import java.util.Map;

class RestartReportTest {
    private final RestartReport report = new RestartReport(41, 42, 1_700_000_000_000L, 1_000);

    @Test
    void tellsTheStepsOneAfterTheOther() {
        report.wished("SIGUSR1");
        report.mark(Mark.LAUNCHED, 1_300);
        report.mark(Mark.REHEARSED, 2_000);
        report.handed(new Handed(1_000, 0, 2), 2_050);
        report.mark(Mark.COMMITTED, 2_060);
        report.mark(Mark.DRAINED, 2_960);
        report.mark(Mark.ENDED, 3_000);
        report.handed(new Handed(1_000, 3, 2), 2_970);
        report.committed(new Committed(7, 999));
        report.add("predecessor", Map.of("batches", "10"));

        assertThat(report.toMessage(true, 3_010).fields())
                .containsEntry("name", "restart")
                .containsEntry("requestedAtMs", "1700000000000")
                .containsEntry("from", "41")
                .containsEntry("to", "42")
                .containsEntry("result", "committed")
                .containsEntry("cause", "SIGUSR1")
                .containsEntry("launchMs", "300")
                .containsEntry("rehearseMs", "700")
                .containsEntry("handOverMs", "50")
                .containsEntry("commitMs", "10")
                .containsEntry("drainMs", "900")
                .containsEntry("endMs", "40")
                .containsEntry("totalMs", "2010")
                .containsEntry("moved", "1000")
                .containsEntry("adopted", "999")
                .containsEntry("predecessor.batches", "10");
    }

    /** Two processes say so, each in its own time. */
    @Test
    void leavesNoStepOutWhenTheCommitIsHeardBeforeTheHandOver() {
        report.mark(Mark.LAUNCHED, 1_300);
        report.mark(Mark.REHEARSED, 2_000);
        report.mark(Mark.COMMITTED, 2_060);
        report.handed(new Handed(3, 1, 2), 2_061);

        assertThat(report.toMessage(true, 3_010).fields())
                .containsEntry("handOverMs", "61")
                .containsEntry("commitMs", "0")
                .containsEntry("moved", "3");
    }

    @Test
    void leavesOutWhatDidNotHappen() {
        report.suspected("the peer is gone");
        report.failed("generation 42 ended with code 1");
        report.failed("something that followed from it");

        LinkMessage message = report.toMessage(false, 1_500);

        assertThat(message.fields())
                .containsEntry("result", "aborted")
                .containsEntry("why", "generation 42 ended with code 1")
                .doesNotContainKeys("launchMs", "moved", "epoch");
    }

    @Test
    void fitsIntoAMessageWhateverIsAdded() {
        String text = "€\u0001".repeat(2_000);
        for (int i = 0; i < 1_000; i++) {
            report.wished(i + text);
            report.failed(text);
            report.straggler(text);
            report.add("successor", Map.of("key" + i, "€".repeat(100)));
        }
        report.add("successor", Map.of("k".repeat(60), "too long a name"));

        LinkMessage message = report.toMessage(false, 1_500);

        assertThat(message.encode()).hasSizeLessThan(LinkMessage.BYTES_MAX);
        assertThat(message.fields())
                .containsKey("successor.key0")
                .containsEntry("requests", "1000");
    }
}
