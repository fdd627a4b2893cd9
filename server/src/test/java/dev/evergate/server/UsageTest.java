package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.Usage;
import dev.evergate.core.journal.Usage.Sum;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** What models have cost. */
class UsageTest {
    private static final long DAY = LocalDate.parse("2026-11-20").toEpochDay();

    private final TestServer server = new TestServer();
    private RawClient client;

    @BeforeEach
    void connect() throws Exception {
        client = server.admin();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    private JsonNode cost(String params) throws Exception {
        return call(client, "usage.cost", params).path("payload");
    }

    private static void isTotal(JsonNode total, long input, long output, long answers) {
        assertThat(total.path("input").asLong(-1)).isEqualTo(input);
        assertThat(total.path("output").asLong(-1)).isEqualTo(output);
        assertThat(total.path("totalTokens").asLong(-1)).isEqualTo(input + output);
        assertThat(total.path("totalCost").asLong(-1)).isZero();
        assertThat(total.path("missingCostEntries").asLong(-1)).isEqualTo(answers);
    }

    @Test
    void tokensAreSummedByDayModelAndConversation() throws Exception {
        server.gateway.usage =
                List.of(
                        new Sum(DAY, "agent:main:main", "fake", "m1", 2, 30, 3),
                        new Sum(DAY, "agent:main:x", "fake", "m2", 1, 500, 50),
                        new Sum(DAY - 1, "agent:main:main", "fake", "m1", 1, 7, 1));

        JsonNode cost = cost("{\"days\":30}");

        assertThat(cost.path("days").asInt(0)).isEqualTo(30);
        assertThat(cost.path("daily").size()).isEqualTo(2);
        assertThat(cost.at("/daily/0/date").asString("")).isEqualTo("2026-11-19");
        isTotal(cost.at("/daily/0"), 7, 1, 1);
        assertThat(cost.at("/daily/1/date").asString("")).isEqualTo("2026-11-20");
        isTotal(cost.at("/daily/1"), 530, 53, 3);
        isTotal(cost.path("totals"), 537, 54, 4);
        assertThat(cost.at("/byModel/0/model").asString("")).isEqualTo("m2");
        isTotal(cost.at("/byModel/1"), 37, 4, 3);
        assertThat(cost.at("/bySession/1/key").asString("")).isEqualTo("agent:main:main");
        isTotal(cost.at("/bySession/1"), 37, 4, 3);
    }

    @Test
    void whereNothingWasSaidNothingIsSummed() throws Exception {
        JsonNode cost = cost("{}");

        assertThat(cost.path("daily").isEmpty()).isTrue();
        isTotal(cost.path("totals"), 0, 0, 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "startDate":"2026-11-01","endDate":"2026-11-03" | 2026-11-01 | 2026-11-04 | 0
                    "endDate":"2026-11-03","days":2 | 2026-11-02 | 2026-11-04 | 0
                    "endDate":"2026-11-07","range":"7d" | 2026-11-01 | 2026-11-08 | 0
                    "endDate":"2026-11-03","days":1,"mode":"specific","utcOffset":"UTC+2" \
                    | 2026-11-03 | 2026-11-04 | 2
                    "endDate":"2026-11-03","days":1,"mode":"specific","timeZone":"Asia/Tokyo" \
                    | 2026-11-03 | 2026-11-04 | 9
                    """)
    void daysBeginWhereTheyAreWanted(String params, String first, String end, int hours)
            throws Exception {
        assertThat(cost("{" + params + "}").path("daily").isArray()).isTrue();

        ZoneOffset offset = ZoneOffset.ofHours(hours);
        assertThat(server.gateway.usageSpan)
                .isEqualTo(
                        new Usage.Span(
                                startOf(first, offset), startOf(end, offset), hours * 3_600_000L));
    }

    private static long startOf(String date, ZoneOffset offset) {
        return LocalDate.parse(date).atStartOfDay().toInstant(offset).toEpochMilli();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "startDate":"soon" | startDate soon is no date (expected: YYYY-MM-DD)
                    "startDate":"2026-11-03","endDate":"2026-11-01" \
                    | startDate 2026-11-03 is after endDate 2026-11-01
                    "days":0 | invalid usage.cost params: at /days: must be >= 1
                    "mode":"specific","timeZone":"Mars/Base" | time zone Mars/Base is not known \
                    (expected: a name as Europe/Berlin, or an offset as UTC+2)
                    "agentId":"nobody" | unknown agent id "nobody" (expected: main)
                    """)
    void whatCannotBeMeantIsRefused(String params, String message) throws Exception {
        assertThat(call(client, "usage.cost", "{" + params + "}").at("/error/message").asString(""))
                .isEqualTo(message);
    }
}
