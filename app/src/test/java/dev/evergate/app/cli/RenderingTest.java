package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.app.cli.text.Ages;
import dev.evergate.app.cli.text.LogLine;
import dev.evergate.app.cli.text.Table;
import dev.evergate.app.cli.wire.GatewayConnection;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine.TypeConversionException;

import java.time.Duration;

class RenderingTest {
    @ParameterizedTest
    @CsvSource({
        "500, just now",
        "-5, just now",
        "12000, 12 s ago",
        "300000, 5 min ago",
        "7200000, 2 h ago",
        "90000000, 25 h ago",
        "259200000, 3 d ago"
    })
    void saysHowLongAgo(long ageMs, String text) {
        assertThat(Ages.ago(1_000_000_000 - ageMs, 1_000_000_000)).isEqualTo(text);
    }

    @Test
    void saysADashForNever() {
        assertThat(Ages.ago(0, 5)).isEqualTo("-");
    }

    @Test
    void linesColumnsUpEvenInColour() {
        var table = new Table().row("\u001b[1mA\u001b[0m", "b").row("long", "c", "d").row("x");

        assertThat(table.lines()).containsExactly("\u001b[1mA\u001b[0m     b", "long  c  d", "x");
    }

    @ParameterizedTest
    @CsvSource({"10, 10000", "10s, 10000", "500ms, 500", "2m, 120000", "1h, 3600000"})
    void readsDurations(String text, long millis) throws Exception {
        assertThat(new ConnectOptions.Seconds().convert(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "ten", "1d", "99999999"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> new ConnectOptions.Seconds().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("expected: such as 10, 500ms or 2m");
    }

    @Test
    void saysTheFinalTextOnceEvenIfItsBlanksDiffer() {
        var output = new RecordedOutput(true);
        var reply = new Reply(output, "k", true);

        reply.take(
                new GatewayConnection.Event(
                        "chat",
                        FakeLine.tree(
                                "{'runId':'k','state':'delta','message':"
                                        + "{'content':[{'text':'  Hello '}]}}")));
        reply.finish("Hello");

        assertThat(output.answer()).isEqualTo("  Hello \n");
    }

    @Test
    void leavesALogLineThatIsNotJsonAsItIs() {
        assertThat(LogLine.of("plain text", new RecordedOutput(false))).isEqualTo("plain text");
    }

    @Test
    void readsOpenClawsLogRecordsToo() {
        String record = "{\"_meta\":{\"logLevelName\":\"ERROR\"},\"time\":\"t\",\"0\":\"broken\"}";

        assertThat(LogLine.of(record, new RecordedOutput(false))).isEqualTo("t ERROR broken");
    }
}
