package dev.evergate.keeper.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class SupervisionTest {
    private final List<String> problems = new ArrayList<>();

    private Supervision of(String... namesAndValues) {
        Map<String, String> environment = new java.util.HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return Supervision.from(environment, 4711, problems);
    }

    @Test
    void knowsWhoWouldStartItAgain() {
        assertThat(of().isSupervised()).isFalse();
        assertThat(of("NOTIFY_SOCKET", "/run/notify").isSupervised()).isTrue();
        assertThat(of("EVERGATE_SUPERVISED", "1").isSupervised()).isTrue();
        assertThat(of("LAUNCH_JOB_LABEL", "com.example.evergate").isSupervised()).isTrue();
        assertThat(of("XPC_SERVICE_NAME", "com.example.evergate").isSupervised()).isTrue();
        assertThat(of("NOTIFY_SOCKET", "/n", "EVERGATE_SUPERVISED", "0").isSupervised()).isFalse();
    }

    @Test
    void marksThatAreOnlyInheritedProveNothing() {
        assertThat(of("INVOCATION_ID", "abc", "JOURNAL_STREAM", "8:1").isSupervised()).isFalse();
        assertThat(of("XPC_SERVICE_NAME", "0").isSupervised()).isFalse();
        assertThat(of("XPC_SERVICE_NAME", "application.com.apple.Terminal.1").isSupervised())
                .isFalse();
    }

    @Test
    void aWatchdogOfAnotherProcessIsNotOurs() {
        assertThat(of("NOTIFY_SOCKET", "/n", "WATCHDOG_USEC", "10000000").watchdogMs())
                .isEqualTo(10_000);
        assertThat(
                        of(
                                        "NOTIFY_SOCKET",
                                        "/n",
                                        "WATCHDOG_USEC",
                                        "10000000",
                                        "WATCHDOG_PID",
                                        "4711")
                                .watchdogMs())
                .isEqualTo(10_000);
        assertThat(
                        of("NOTIFY_SOCKET", "/n", "WATCHDOG_USEC", "10000000", "WATCHDOG_PID", "1")
                                .watchdogMs())
                .isZero();
        assertThat(of("WATCHDOG_USEC", "10000000").watchdogMs()).isZero();
        assertThat(problems).isEmpty();
        assertThat(of("NOTIFY_SOCKET", "/n", "WATCHDOG_USEC", "10s").watchdogMs()).isZero();
        assertThat(problems).singleElement().asString().contains("'10s'");
    }

    @Test
    void aMalformedDeclarationIsNamed() {
        assertThat(of("EVERGATE_SUPERVISED", "yes").isSupervised()).isFalse();
        assertThat(problems).singleElement().asString().contains("EVERGATE_SUPERVISED is 'yes'");
    }

    @ParameterizedTest
    @CsvSource({"30, 30000", "30s, 30000", "1m, 60000", "3600, 3600000", "1h, 3600000"})
    void readsAGrace(String text, long expectedMs) {
        Map<String, String> environment = Map.of("EVERGATE_STOP_GRACE", text);

        assertThat(StopGrace.known(environment, of(), problems)).hasValue(expectedMs);
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "0", "1.5", " 30", "30 s", "2h", "s", "99999999999999999"})
    void aMalformedGraceIsNamedAndNotUsed(String text) {
        Map<String, String> environment = Map.of("EVERGATE_STOP_GRACE", text);

        assertThat(StopGrace.known(environment, of(), problems)).isEmpty();
        assertThat(problems)
                .singleElement()
                .asString()
                .startsWith("EVERGATE_STOP_GRACE is '" + text + "' (expected: ");
    }

    @Test
    void underAServiceManagerTheUsualGraceIsAssumed() {
        assertThat(StopGrace.known(Map.of(), of(), problems)).isEmpty();
        assertThat(StopGrace.known(Map.of(), of("NOTIFY_SOCKET", "/n"), problems)).hasValue(90_000);
    }

    @ParameterizedTest
    @CsvSource({
        "TimeoutStopUSec=1min 30s, 90000",
        "TimeoutStopUSec=20s, 20000",
        "TimeoutStopUSec=1h 2min 3s 4ms, 3723004",
        "TimeoutStopUSec=infinity, 3600000",
        "TimeoutStopUSec=, -1",
        "TimeoutStopUSec=soon, -1",
        "TimeoutStartUSec=20s, -1",
    })
    void readsWhatSystemdShows(String line, long expectedMs) {
        assertThat(StopGrace.shown(line)).isEqualTo(expectedMs);
    }

    @Test
    void findsItsUnitInTheControlGroups() {
        assertThat(StopGrace.unit("0::/system.slice/evergate.service\n"))
                .isEqualTo("evergate.service");
        assertThat(
                        StopGrace.unit(
                                "0::/user.slice/user-1000.slice/user@1000.service/app.slice/evergate.service\n"))
                .isEqualTo("evergate.service");
        assertThat(StopGrace.unit("9:name=systemd:/\n0::/\n")).isEmpty();
        assertThat(StopGrace.unit("0::/user.slice/user-1000.slice/session-2.scope\n")).isEmpty();
    }
}
