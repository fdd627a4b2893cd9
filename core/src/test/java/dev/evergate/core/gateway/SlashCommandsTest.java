package dev.evergate.core.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlashCommandsTest {
    @ParameterizedTest
    @CsvSource({
        "/status, status",
        "/HELP, help",
        "' /new please', new",
        "/stop, stop",
        "/whoami, whoami",
        "/Restart now, restart"
    })
    void recognisesCommands(String text, String name) {
        assertThat(SlashCommands.called(text)).contains(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "/unknown", "/newer", "see /status", "/", ""})
    void leavesEverythingElseToTheAgent(String text) {
        assertThat(SlashCommands.called(text)).isEmpty();
    }
}
