package dev.evergate.app.handover;

import dev.evergate.fuzz.Input;
import dev.evergate.fuzz.Target;
import dev.evergate.server.move.Moving;
import dev.evergate.server.move.StateVersions;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What the other generation says is refused, or said again as it was. */
public final class PeerTarget implements Target {
    @Override
    public List<byte[]> seeds() {
        return IntStream.of(0, 1)
                .boxed()
                .flatMap(
                        sockets ->
                                messages(sockets).stream()
                                        .map(PeerCodec::encode)
                                        .map(bytes -> Input.of(new int[] {sockets}, bytes)))
                .toList();
    }

    private static List<PeerMessage> messages(int sockets) {
        if (sockets == 1) {
            return List.of(
                    new PeerMessage.Connections(
                            3, List.of(new Moving("one", 0, new byte[] {1, 2}))));
        }
        return List.of(
                new PeerMessage.Opening(1, 41, new StateVersions(3, 5, true)),
                new PeerMessage.Answered("c", new PeerMessage.Text(Input.utf8("{}")), true),
                new PeerMessage.Asked("c", new PeerMessage.Text(Input.utf8("{}"))),
                new PeerMessage.Ready(List.of()),
                new PeerMessage.Accepted("run"),
                new PeerMessage.Bye(),
                new PeerMessage.Adopted(9),
                new PeerMessage.Serving(12),
                new PeerMessage.Stop("run"));
    }

    @Override
    public void take(byte[] input) throws IOException {
        Input in = new Input(input);
        List<Integer> descriptors = IntStream.range(0, in.choice() % 8).boxed().toList();
        PeerMessage message;
        try {
            message = PeerCodec.decode(in.rest(), descriptors);
        } catch (IOException refused) {
            return;
        }
        byte[] said = PeerCodec.encode(message);
        byte[] again = PeerCodec.encode(PeerCodec.decode(said, descriptors));
        if (!Arrays.equals(said, again)) {
            throw new AssertionError("it is another one when it is said again: " + message);
        }
    }
}
