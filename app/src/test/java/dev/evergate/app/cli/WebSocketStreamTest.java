package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.app.cli.wire.ConnectionClosed;
import dev.evergate.app.cli.wire.WebSocketStream;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.RealWorld;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

class WebSocketStreamTest {
    private static final String BIG = "é".repeat(70_000);

    private final RealWorld world = new RealWorld(fault -> {});
    private final BlockingQueue<FakeLine.Frame> received = new ArrayBlockingQueue<>(10);
    private FakeGateway gateway;
    private WebSocketStream stream;

    WebSocketStreamTest() throws IOException {
        gateway = new FakeGateway(world);
        stream = WebSocketStream.open(gateway.url(), world, soon());
    }

    @BeforeEach
    void readTheChallenge() throws IOException {
        assertThat(stream.read(soon()).orElseThrow()).contains("connect.challenge");
    }

    @AfterEach
    void tearDown() throws IOException {
        stream.close();
        gateway.close();
        world.close();
    }

    @Test
    void carriesMessagesOfAnyLengthBothWays() throws IOException {
        for (String text : new String[] {"{}", "x".repeat(125), "x".repeat(126), BIG}) {
            play((line, request) -> line.text(request.path("echo").asString("")));

            stream.write(FakeLine.object().put("method", "go").put("echo", text).toString());

            assertThat(stream.read(soon())).contains(text);
        }
    }

    @Test
    void joinsFragmentsAroundAPing() throws IOException {
        play(
                (line, _) -> {
                    byte[] text = "fragments".getBytes(StandardCharsets.UTF_8);
                    line.send(FakeLine.TEXT, false, text);
                    line.send(FakeLine.PING, true, new byte[] {7});
                    line.send(FakeLine.CONTINUATION, true, text);
                    received.add(line.read());
                });

        stream.write("{\"method\":\"go\"}");

        assertThat(stream.read(soon())).contains("fragmentsfragments");
        assertThat(awaitFrame().opcode()).isEqualTo(FakeLine.PONG);
    }

    @Test
    void losesNothingByATimeOutInTheMiddleOfAFrame() throws IOException {
        var rest = new ArrayBlockingQueue<Boolean>(1);
        play(
                (line, _) -> {
                    line.sendRaw((byte) 0x81, (byte) 4, (byte) 'h');
                    received.add(new FakeLine.Frame(0, ""));
                    take(rest);
                    line.sendRaw((byte) 'a', (byte) 'l', (byte) 'f');
                });
        stream.write("{\"method\":\"go\"}");
        awaitFrame();

        assertThat(stream.read(world.time().deadlineIn(20))).isEmpty();
        rest.add(true);

        assertThat(stream.read(soon())).contains("half");
    }

    @Test
    void saysWithWhichCodeItWasClosed() throws IOException {
        play((line, _) -> line.close(1012, "service restart"));

        stream.write("{\"method\":\"go\"}");

        assertThatThrownBy(() -> stream.read(soon()))
                .isInstanceOf(ConnectionClosed.class)
                .hasMessageContaining("code 1012, service restart");
    }

    @Test
    void refusesAMaskedFrame() throws IOException {
        play((line, _) -> line.sendRaw((byte) 0x81, (byte) 0x81, (byte) 0, (byte) 0, (byte) 0));

        stream.write("{\"method\":\"go\"}");

        assertThatThrownBy(() -> stream.read(soon())).hasMessageContaining("masked");
    }

    private void play(FakeGateway.Handler handler) {
        gateway.on("go", handler);
    }

    private FakeLine.Frame awaitFrame() {
        return take(received);
    }

    private static <T> T take(BlockingQueue<T> queue) {
        try {
            T value = queue.poll(5, TimeUnit.SECONDS);
            if (value == null) {
                throw new AssertionError("nothing came within 5 s");
            }
            return value;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Deadline soon() {
        return world.time().deadlineIn(5_000);
    }
}
