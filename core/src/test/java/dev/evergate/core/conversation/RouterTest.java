package dev.evergate.core.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.EvergateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;

class RouterTest {
    private static final ConfigSnapshot CONFIG =
            new ConfigSnapshot(
                    1,
                    "hash",
                    new ConfigSnapshot.Gateway(
                            18789,
                            "127.0.0.1",
                            new ConfigSnapshot.Auth(ConfigSnapshot.Auth.Mode.TOKEN, Secret.of("t")),
                            List.of(),
                            List.of()),
                    Map.of(),
                    new ConfigSnapshot.Agents("main", Optional.empty(), List.of(), 1000, 1),
                    Optional.empty(),
                    List.of());

    @ParameterizedTest
    @CsvSource({
        "main, agent:main:main",
        "explicit:x, agent:main:explicit:x",
        "agent:main:dashboard:7, agent:main:dashboard:7",
        "' main ', agent:main:main",
    })
    void knowsWhatAKeyMeans(String key, String canonical) {
        assertThat(Router.route(key, CONFIG)).isEqualTo(new Router.Route(canonical, "main"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "agent:main", "agent:main: ", "agent:nobody:main"})
    void refusesAKeyThatMeansNothing(String key) {
        assertThatThrownBy(() -> Router.route(key, CONFIG)).isInstanceOf(EvergateException.class);
    }

    @Test
    void refusesAKeyThatIsTooLong() {
        assertThatThrownBy(() -> Router.route("x".repeat(513), CONFIG)).hasMessageContaining("513");
    }
}
