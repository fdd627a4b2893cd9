package dev.evergate.app.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.api.CancelSignal;
import dev.evergate.api.ModelAnswer;
import dev.evergate.api.ModelListener;
import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.ModelRequest;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.journal.Turn;
import dev.evergate.testkit.journal.MemoryDisk;
import dev.evergate.testkit.journal.MemoryJournal;
import dev.evergate.testkit.time.SimLife;
import dev.evergate.testkit.time.SimWorld;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A message whose answer ends the process each time it is tried. */
@Tag("sim")
@Tag("X1")
@Tag("I18")
class DeadlyMessageTest {
    private static final int DEATHS_MAX = 12;

    private final SimWorld world = new SimWorld(1);
    private final MemoryDisk disk = new MemoryDisk();

    /** Dies of the word, and answers everything else. */
    private record DeadlyModel(SimLife life) implements ModelProvider, ModelProviderFactory {
        @Override
        public String api() {
            return "deadly";
        }

        @Override
        public ModelProvider open(ModelProviderSettings settings) {
            return this;
        }

        @Override
        public ModelAnswer answer(
                ModelRequest request, ModelListener listener, CancelSignal cancel) {
            if (request.messages().getLast().text().equals("die")) {
                life.kill();
            }
            listener.text("alive");
            return new ModelAnswer(ModelAnswer.Stop.COMPLETE, ModelAnswer.Usage.NONE);
        }
    }

    @Test
    void meetsItsFateAndLetsTheOthersBeAnswered() {
        for (int number = 1; !isOver("deadly") || !isOver("harmless"); number++) {
            assertThat(number).as("lives it takes").isLessThanOrEqualTo(DEATHS_MAX + 1);
            live(number);
        }

        assertThat(turn("deadly").state()).isEqualTo(Turn.State.FAILED);
        assertThat(turn("deadly").error()).contains("ended 12 times");
        assertThat(turn("harmless").state()).isEqualTo(Turn.State.DONE);
    }

    private void live(int number) {
        SimLife life = world.life("generation-" + number);
        life.tasks()
                .start(
                        "start",
                        () -> {
                            LiveGateway gateway =
                                    SimGateway.start(
                                            life,
                                            new MemoryJournal(disk),
                                            number,
                                            new DeadlyModel(life),
                                            _ -> {});
                            var _ =
                                    gateway.send(
                                            new Gateway.Message(
                                                    "a", "die", "deadly", SimGateway.SENDER));
                            var _ =
                                    gateway.send(
                                            new Gateway.Message(
                                                    "b", "hi", "harmless", SimGateway.SENDER));
                        });
        world.advance(5_000);
        life.kill();
    }

    private boolean isOver(String runId) {
        return new MemoryJournal(disk)
                .turns()
                .find(runId)
                .filter(turn -> turn.state().isTerminal())
                .isPresent();
    }

    private Turn turn(String runId) {
        return new MemoryJournal(disk).turns().find(runId).orElseThrow();
    }
}
