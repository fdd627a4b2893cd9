package dev.evergate.server.access;

import dev.evergate.core.fault.EvergateException;
import dev.evergate.fuzz.Input;
import dev.evergate.fuzz.Target;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.Params;
import dev.evergate.server.wire.RequestFrame;

import java.util.List;

/** A {@code connect} is read or refused, and no proof holds that nobody has signed. */
public final class ConnectTarget implements Target {
    private static final String NONCE = "nonce-1";
    private static final long NOW_MS = 1_737_264_000_000L;

    private final Json json = new Json();

    @Override
    public List<byte[]> seeds() {
        String client =
                """
                {"type":"req","id":"1","method":"connect","params":{"minProtocol":4,"maxProtocol":4,
                "client":{"id":"cli","version":"1","platform":"linux","mode":"cli","deviceFamily":"Linux",
                "displayName":"n","instanceId":"i"},"role":"operator","scopes":["operator.read"],"caps":["a"],
                "commands":["b.c"],"auth":{"token":"T0KEN","password":"p","deviceToken":"d"}%s}}""";
        String device =
                """
                ,"device":{"id":"56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c",
                "publicKey":"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg","signature":"%s","nonce":"nonce-1",
                "signedAt":1737264000000}""";
        return List.of(
                Input.utf8(client.formatted("")),
                Input.utf8(client.formatted(device.formatted("c2ln"))),
                Input.utf8(client.formatted(device.formatted("A".repeat(86)))));
    }

    @Override
    public void take(byte[] input) {
        if (!(RequestFrame.read(json, input, input.length)
                instanceof RequestFrame.Request request)) {
            return;
        }
        ConnectRequest asked;
        try {
            asked = ConnectRequest.read(Params.read(json, "connect", request.params()));
        } catch (EvergateException refused) {
            return;
        }
        var _ = asked.offer();
        if (asked.device().isPresent()
                && DeviceProof.fault(asked, asked.device().get(), NONCE, NOW_MS).isEmpty()) {
            throw new AssertionError("a proof holds that nobody has given");
        }
    }

    @Override
    public int bytesPerByte() {
        return 512;
    }
}
