package dev.evergate.testkit.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

/** Each request is answered as often as it should be, and by its id. */
class RequestsTest {
    private final Account account = new Account();
    private final Requests requests = new Requests("caller", account);

    @Test
    void measuresAnAnswer() {
        requests.answered(answer(requests.ask("health", 1)), true);

        assertThat(account.faults()).isEmpty();
        assertThat(account.calls.figures().count()).isEqualTo(1);
    }

    @Test
    void waitsForTheSecondAnswerOfAnAgent() {
        String id = requests.ask("agent", 2);
        requests.answered(answer(id, "{\"status\":\"accepted\"}"), true);

        assertThat(requests.waiting()).isEqualTo(1);
        requests.answered(answer(id), true);
        assertThat(requests.waiting()).isZero();
        assertThat(account.faults()).isEmpty();
    }

    @Test
    void findsAnAnswerThatComesTwice() {
        String id = requests.ask("health", 1);
        requests.answered(answer(id), true);
        requests.answered(answer(id), true);

        assertThat(account.faults()).containsKey(Fault.DOUBLED);
    }

    @Test
    void findsAnAnswerToWhatWasNotAsked() {
        requests.answered(answer("q7"), true);

        assertThat(account.faults()).containsKey(Fault.WRONG);
    }

    @Test
    void findsARequestWithoutAnswer() {
        String _ = requests.ask("health", 1);
        requests.giveUp();

        assertThat(account.faults()).containsKey(Fault.UNANSWERED);
    }

    private static Frame answer(String id) {
        return answer(id, "{}");
    }

    private static Frame answer(String id, String payload) {
        byte[] bytes =
                "{\"type\":\"res\",\"id\":\"%s\",\"ok\":true,\"payload\":%s}"
                        .formatted(id, payload)
                        .getBytes(StandardCharsets.UTF_8);
        return Frame.read(bytes, 0, bytes.length);
    }
}
