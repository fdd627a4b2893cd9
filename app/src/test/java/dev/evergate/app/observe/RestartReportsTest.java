package dev.evergate.app.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.telemetry.Span;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;

class RestartReportsTest {
    @Test
    void aReportOfTheKeeperIsUnderstoodWhole() {
        RestartReport report = RestartReports.read(sent("committed"), 0);

        assertThat(RestartReports.json(report).toString())
                .isEqualTo(
                        """
                        {"generation":8,"from":7,"cause":"new code","result":"committed",\
                        "why":"","requestedAt":1000,"totalMs":1240,"committedAfterMs":600,\
                        "steps":[{"name":"launch","tookMs":300},{"name":"rehearse","tookMs":200},\
                        {"name":"handOver","tookMs":90},{"name":"commit","tookMs":10},\
                        {"name":"drain","tookMs":600},{"name":"end","tookMs":40}],\
                        "requests":3,"moved":12,"cut":0,"details":{"from.late":"1"}}""");
        assertThat(RestartReports.sentence(report))
                .startsWith("Restart from generation 7 to 8 (new code) committed after 1240 ms {")
                .contains("moved=12");
    }

    @Test
    void oneThatWasAbortedNeverServed() {
        Map<String, String> sent = sent("aborted");
        sent.put("why", "generation 8 cannot serve");

        RestartReport report = RestartReports.read(sent, 0);

        assertThat(report.isCommitted()).isFalse();
        assertThat(report.committedAfterMs()).isZero();
        assertThat(RestartReports.json(report).has("committedAfterMs")).isFalse();
        assertThat(LifeTraces.of(report).failure()).isEqualTo("generation 8 cannot serve");
    }

    @Test
    void whatAnotherKeeperLeavesOutIsEmpty() {
        RestartReport report = RestartReports.read(Map.of("totalMs", "x", "news", "1"), 5_000);

        assertThat(report)
                .isEqualTo(new RestartReport(0, 0, "", "", "", 5_000, 0, Map.of("news", "1")));
        assertThat(RestartReports.json(report).path("details").toString())
                .isEqualTo("{\"news\":\"1\"}");
    }

    @Test
    void aTraceHasOneSpanForEachStep() {
        Span trace = LifeTraces.of(RestartReports.read(sent("committed"), 0));

        assertThat(trace.name()).isEqualTo("gateway.restart");
        assertThat(trace.failure()).isEmpty();
        assertThat(trace.attributes()).containsEntry("moved", "12").doesNotContainKey("drainMs");
        assertThat(trace.parts())
                .extracting(Span::name)
                .containsExactly(
                        "restart.launch",
                        "restart.rehearse",
                        "restart.handOver",
                        "restart.commit",
                        "restart.drain",
                        "restart.end");
        Span last = trace.parts().getLast();
        assertThat(last.startAtMs() + last.tookMs()).isEqualTo(1_000 + 1_240);
    }

    private static Map<String, String> sent(String result) {
        Map<String, String> fields = new HashMap<>();
        fields.put("name", "restart");
        fields.put("to", "8");
        fields.put("from", "7");
        fields.put("cause", "new code");
        fields.put("result", result);
        fields.put("why", "");
        fields.put("requestedAtMs", "1000");
        fields.put("totalMs", "1240");
        fields.put("requests", "3");
        fields.put("moved", "12");
        fields.put("cut", "0");
        fields.put("launchMs", "300");
        fields.put("rehearseMs", "200");
        fields.put("handOverMs", "90");
        fields.put("commitMs", "10");
        fields.put("drainMs", "600");
        fields.put("endMs", "40");
        fields.put("from.late", "1");
        return fields;
    }
}
