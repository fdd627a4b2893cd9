package dev.evergate.testkit.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Whatever is left out, told twice or changed is found, also when the numbers are made to fit. */
class LedgerTest {
    private static final String ANSWER = "w1 w2 w3";

    /** What a listener hears of one turn, without the numbers of its connection. */
    private static final List<String> STORY =
            List.of(
                    row("user", 1),
                    agent(1, "lifecycle", "{\"phase\":\"start\"}"),
                    agent(2, "lifecycle", "{\"phase\":\"model\"}"),
                    agent(3, "assistant", "{\"text\":\"w1\",\"delta\":\"w1\"}"),
                    delta(3, "w1", "w1"),
                    agent(4, "assistant", "{\"text\":\"w1 w2\",\"delta\":\" w2\"}"),
                    delta(4, " w2", "w1 w2"),
                    agent(5, "assistant", "{\"text\":\"w1 w2 w3\",\"delta\":\" w3\"}"),
                    delta(5, " w3", "w1 w2 w3"),
                    row("assistant", 2),
                    agent(6, "lifecycle", "{\"phase\":\"end\"}"),
                    chat(6, "\"state\":\"final\",\"message\":" + message(ANSWER)));

    static IntStream places() {
        return IntStream.range(0, STORY.size());
    }

    @Test
    void findsNothingInAStoryThatIsWhole() {
        Account account = tell(STORY, 0);

        assertThat(account.examples()).isEmpty();
        assertThat(account.events.get()).isEqualTo(STORY.size());
    }

    @ParameterizedTest
    @MethodSource("places")
    void findsAnEventThatIsLeftOut(int place) {
        List<String> told = new ArrayList<>(STORY);
        String _ = told.remove(place);

        Runs runs = runs();
        Account account = new Account();
        Ledger ledger = tell(told, 0, account, runs);

        boolean isTheEnd = place == STORY.size() - 1;
        boolean isTheLastRow = place == STORY.size() - 3; // the next turn's rows would show it
        assertThat(isTheEnd ? !ledger.hasEnded(0) : isTheLastRow || !account.faults().isEmpty())
                .isTrue();
        assertThat(ledger.heard()).isEqualTo(STORY.size() - 1);
    }

    @ParameterizedTest
    @MethodSource("places")
    void findsAnEventThatIsToldTwice(int place) {
        List<String> told = new ArrayList<>(STORY);
        told.add(place, STORY.get(place));

        assertThat(tell(told, 0).faults()).containsKey(Fault.DOUBLED);
    }

    @Test
    void findsAGapInTheNumbersOfTheConnection() {
        assertThat(tell(STORY, 1).faults()).containsKey(Fault.MISSING);
    }

    @Test
    void findsATextThatDoesNotGrowByItsDelta() {
        List<String> told = new ArrayList<>(STORY);
        String _ = told.set(6, delta(4, " w2", "w1 w3"));

        assertThat(tell(told, 0).faults()).containsKey(Fault.WRONG);
    }

    @Test
    void findsAnEndThatIsNotTheWholeAnswer() {
        List<String> told = new ArrayList<>(STORY);
        String _ = told.set(11, chat(6, "\"state\":\"error\",\"errorMessage\":\"oh\""));

        assertThat(tell(told, 0).faults()).containsKey(Fault.WRONG);
    }

    @Test
    void countsARunThatIsBegunAgainAndExpectsItsWholeText() {
        List<String> told = new ArrayList<>(STORY.subList(0, 7));
        told.add(agent(1_000_001, "lifecycle", "{\"phase\":\"start\"}"));
        told.add(
                agent(
                        1_000_002,
                        "assistant",
                        "{\"text\":\"w1 w2 w3\",\"delta\":\"w1 w2 w3\",\"replace\":true}"));
        told.add(
                chat(
                        1_000_002,
                        "\"state\":\"delta\",\"replace\":true,\"deltaText\":\"w1 w2 w3\",\"message\":"
                                + message(ANSWER)));

        Account account = tell(told, 0);

        assertThat(account.examples()).isEmpty();
        assertThat(account.resumed.get()).isEqualTo(1);
    }

    private static Account tell(List<String> events, long skippedAtTheEnd) {
        Account account = new Account();
        Ledger _ = tell(events, skippedAtTheEnd, account, runs());
        return account;
    }

    private static Runs runs() {
        return new Runs("c1", ANSWER);
    }

    private static Ledger tell(List<String> events, long skipped, Account account, Runs runs) {
        Ledger ledger = new Ledger("listener", account, runs, true);
        for (int i = 0; i < events.size(); i++) {
            long seq = i + 1 + (i == events.size() - 1 ? skipped : 0);
            byte[] bytes =
                    (events.get(i) + ",\"seq\":" + seq + "}").getBytes(StandardCharsets.UTF_8);
            ledger.event(Frame.read(bytes, 0, bytes.length));
        }
        return ledger;
    }

    private static String event(String name, String rest) {
        String run = "\"runId\":\"c1-0\",\"sessionKey\":\"agent:main:c1-0-0\"";
        return "{\"type\":\"event\",\"event\":\"%s\",\"payload\":{%s,%s}"
                .formatted(name, run, rest);
    }

    private static String agent(long seq, String stream, String data) {
        return event("agent", "\"seq\":" + seq + ",\"stream\":\"" + stream + "\",\"data\":" + data);
    }

    private static String chat(long seq, String rest) {
        return event("chat", "\"seq\":" + seq + "," + rest);
    }

    private static String delta(long seq, String delta, String text) {
        return chat(
                seq,
                "\"state\":\"delta\",\"deltaText\":\"%s\",\"message\":%s"
                        .formatted(delta, message(text)));
    }

    private static String message(String text) {
        return "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\""
                + text
                + "\"}]}";
    }

    private static String row(String role, long position) {
        return event(
                "session.message",
                "\"message\":{\"role\":\"%s\",\"content\":\"hi\"},\"messageSeq\":%d"
                        .formatted(role, position));
    }
}
