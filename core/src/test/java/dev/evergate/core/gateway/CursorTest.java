package dev.evergate.core.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
    @Test
    void readsBackWhatItWrote() {
        var cursor = new Cursor("0199-some-session", 42);

        assertThat(Cursor.decode(cursor.encoded())).contains(cursor);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "not base64!", "e30", "eyJzZXNzaW9uSWQiOiJ4In0"})
    void takesAnythingElseForNoCursor(String text) {
        assertThat(Cursor.decode(text)).isEmpty();
    }
}
