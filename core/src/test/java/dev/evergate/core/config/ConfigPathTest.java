package dev.evergate.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigPathTest {
    @ParameterizedTest
    @ValueSource(strings = {"plain", "a.b", "", "\"", "\"]", "a\"].b", "\\", "\\\"]", "\n", "é"})
    void readsWhateverItWrites(String name) {
        ConfigPath path = ConfigPath.ROOT.child("a").child(name).child(3).child(name);

        assertThat(ConfigPath.parse(path.toString())).isEqualTo(path);
    }

    @Test
    void saysWhereATextIsNoPath() {
        assertThatThrownBy(() -> ConfigPath.parse("a[\"b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at 2");
    }
}
