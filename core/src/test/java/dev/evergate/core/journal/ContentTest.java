package dev.evergate.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.api.ChatMessage;
import dev.evergate.api.ModelRequest.Sampling;
import dev.evergate.api.ModelRequest.Tool;
import dev.evergate.api.ModelRequest.ToolChoice;
import dev.evergate.api.Part.ToolCall;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Content.Block;
import dev.evergate.core.journal.MessageOptions.Said;
import dev.evergate.core.journal.MessageOptions.Terms;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

class ContentTest {
    private static final Content RICH =
            new Content(
                    List.of(
                            new Block.Result("c1", "clock", "noon \"ü\"\n", true),
                            new Block.Text("and \u0000 \uD83D\uDE80?"),
                            new Block.Image("image/png", "ab12", 7, "a.png"),
                            new Block.Call(new ToolCall("c2", "dice", "{\"n\":6}"))));

    @Test
    void comesBackFromItsTextAsItWas() {
        assertThat(Content.decode(RICH.text(), RICH.encoded())).isEqualTo(RICH);
        assertThat(Content.decode("", Content.NONE.encoded())).isEqualTo(Content.NONE);
    }

    @Test
    void isNothingButTextForMost() {
        Content plain = Content.text("hello");

        assertThat(plain.encoded()).isEmpty();
        assertThat(Content.decode("hello", "")).isEqualTo(plain);
    }

    @Test
    void isBlankWithoutAnythingToAnswer() {
        assertThat(Content.text(" \n").isBlank()).isTrue();
        assertThat(Content.NONE.isBlank()).isTrue();
        assertThat(RICH.isBlank()).isFalse();
        assertThat(new Content(List.of(new Block.Result("c", "", "", false))).isBlank()).isFalse();
    }

    @Test
    void refusesWhatALaterReleaseMayHaveWritten() {
        assertThatThrownBy(() -> Content.decode("", "[{\"type\":\"video\"}]"))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("type \"video\"");
        assertThatThrownBy(() -> Content.decode("", "[{")).isInstanceOf(EvergateException.class);
        assertThatThrownBy(() -> MessageOptions.decode("{\"toolChoice\":\"maybe\"}"))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("maybe");
    }

    @Test
    void keepsEveryOption() {
        for (ToolChoice choice :
                List.of(
                        ToolChoice.AUTO,
                        new ToolChoice.None(),
                        new ToolChoice.Required(),
                        new ToolChoice.Named("clock"))) {
            MessageOptions options = options(choice);

            assertThat(MessageOptions.decode(options.encoded())).isEqualTo(options);
        }
        assertThat(MessageOptions.NONE.encoded()).isEmpty();
        assertThat(MessageOptions.decode("")).isEqualTo(MessageOptions.NONE);
    }

    private static MessageOptions options(ToolChoice choice) {
        var sampling =
                new Sampling(
                        OptionalDouble.of(0.5),
                        OptionalDouble.of(0.9),
                        OptionalDouble.of(-1),
                        OptionalDouble.of(1),
                        OptionalLong.of(Long.MAX_VALUE),
                        List.of("END", "\n"),
                        Optional.of("low"),
                        Optional.of("{\"type\":\"json_object\"}"));
        var tool = new Tool("clock", "Tells the time", "{\"type\":\"object\"}");
        return new MessageOptions(
                "a/b",
                "high",
                5_000,
                "Be brief.",
                List.of(
                        new Said(ChatMessage.Role.USER, Content.text("one")),
                        new Said(ChatMessage.Role.ASSISTANT, RICH)),
                new Terms(List.of(tool), choice, sampling, OptionalInt.of(50)));
    }
}
