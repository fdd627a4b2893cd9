package dev.evergate.app.cli.wire;

import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.World;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One authenticated connection to a gateway: protocol v4, role operator, no device.
 *
 * <p>One thread asks and reads; {@link #tell} may be called from any. An {@link IOException} means
 * that the connection is of no more use.
 */
public final class GatewayConnection implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PROTOCOL = 4;
    private static final long TICK_MS = 30_000;
    private static final long PAUSE_MS = 50;
    private static final long PAUSE_MS_MAX = 2_000;

    private final GatewayAddress address;
    private final WebSocketStream stream;
    private final World world;
    private long silenceNanos = 2 * TICK_MS * 1_000_000;
    private JsonNode hello = JSON.missingNode();
    private Consumer<Event> listener = _ -> {};

    private GatewayConnection(GatewayAddress address, WebSocketStream stream, World world) {
        this.address = address;
        this.stream = stream;
        this.world = world;
    }

    /** Something the gateway tells without having been asked. */
    public record Event(String name, JsonNode payload) {}

    /** What became of a request. */
    public sealed interface Answer {
        /** It was done. */
        record Done(JsonNode payload) implements Answer {}

        /** It was not; some methods send a payload all the same. */
        record Refused(WireError error, JsonNode payload) implements Answer {}
    }

    /** What became of an attempt to connect. */
    public sealed interface Attempt {
        /** It worked. */
        record Connected(GatewayConnection connection) implements Attempt {}

        /** The gateway does not want us, or not now. */
        record Refused(WireError error) implements Attempt {}
    }

    /**
     * Connects, proves who we are and asks for {@code scope}.
     *
     * @param version of this program, for the gateway's log
     */
    public static Attempt open(
            GatewayAddress address, Scope scope, String version, World world, Deadline deadline)
            throws IOException {
        var stream = WebSocketStream.open(address.url(), address.trust(), world, deadline);
        var connection = new GatewayConnection(address, stream, world);
        try {
            connection.awaitChallenge(deadline);
            switch (connection.once(
                    "connect", greeting(address, scope, version, world), false, deadline)) {
                case Answer.Done(var payload) -> {
                    connection.hello = payload;
                    long tickMs = payload.path("policy").path("tickIntervalMs").asLong(TICK_MS);
                    connection.silenceNanos = 2 * tickMs * 1_000_000;
                    return new Attempt.Connected(connection);
                }
                case Answer.Refused(var error, _) -> {
                    stream.close();
                    return new Attempt.Refused(error);
                }
            }
        } catch (IOException | RuntimeException failure) {
            stream.close();
            throw failure;
        }
    }

    /** Whom we are talking to. */
    public GatewayAddress address() {
        return address;
    }

    /** What the gateway said of itself when it let us in. */
    public JsonNode hello() {
        return hello;
    }

    /** From now on events go to {@code listener}, while this thread waits for something. */
    public void onEvent(Consumer<Event> listener) {
        this.listener = listener;
    }

    /** Asks and waits for the answer; asks again while the gateway says that it cannot yet. */
    public Answer ask(String method, ObjectNode params, Deadline deadline) throws IOException {
        return untilItCan(method, params, false, deadline);
    }

    /**
     * The same for a method that first says {@code accepted} and then, under the same id, what came
     * of it: waits for the latter.
     */
    public Answer askToTheEnd(String method, ObjectNode params, Deadline deadline)
            throws IOException {
        return untilItCan(method, params, true, deadline);
    }

    /** Asks without waiting; whatever is answered is ignored. Returns the request's id. */
    public String tell(String method, ObjectNode params) throws IOException {
        String id = world.ids().next();
        ObjectNode frame =
                JSON.createObjectNode().put("type", "req").put("id", id).put("method", method);
        frame.set("params", params);
        stream.write(frame.toString());
        return id;
    }

    /** Hands events to the listener for a while. */
    public void listen(Deadline until) throws IOException {
        while (next(until).isPresent()) {
            // The listener has it; an answer nobody waits for is dropped.
        }
    }

    @Override
    public void close() {
        stream.close();
    }

    private Answer untilItCan(String method, ObjectNode params, boolean toTheEnd, Deadline deadline)
            throws IOException {
        while (true) {
            Answer answer = once(method, params, toTheEnd, deadline);
            if (!(answer instanceof Answer.Refused(var error, _)) || !error.isPassing()) {
                return answer;
            }
            long pauseMs = Math.clamp(error.retryAfterMs(), PAUSE_MS, PAUSE_MS_MAX);
            if (deadline.remainingMillis(world.time()) <= pauseMs) {
                return answer;
            }
            listen(world.time().deadlineIn(pauseMs));
        }
    }

    private Answer once(String method, ObjectNode params, boolean toTheEnd, Deadline deadline)
            throws IOException {
        return awaitAnswer(tell(method, params), method, toTheEnd, deadline);
    }

    private Answer awaitAnswer(String id, String method, boolean toTheEnd, Deadline deadline)
            throws IOException {
        while (true) {
            JsonNode frame =
                    next(deadline)
                            .orElseThrow(
                                    () ->
                                            new SocketTimeoutException(
                                                    "no answer to " + method + " in time"));
            if (!frame.path("type").asString("").equals("res")
                    || !frame.path("id").asString("").equals(id)) {
                continue;
            }
            JsonNode payload = frame.path("payload");
            if (!frame.path("ok").asBoolean(false)) {
                return new Answer.Refused(WireError.of(frame.path("error")), payload);
            }
            if (!toTheEnd || !payload.path("status").asString("").equals("accepted")) {
                return new Answer.Done(payload);
            }
        }
    }

    private void awaitChallenge(Deadline deadline) throws IOException {
        boolean[] challenged = {false};
        listener = event -> challenged[0] |= event.name().equals("connect.challenge");
        while (!challenged[0]) {
            if (next(deadline).isEmpty()) {
                throw new SocketTimeoutException("no challenge in time");
            }
        }
        listener = _ -> {};
    }

    /** The next frame, events handed on; empty when the time is over. */
    private Optional<JsonNode> next(Deadline deadline) throws IOException {
        while (true) {
            var silence = new Deadline(stream.heardNanos() + silenceNanos);
            if (silence.hasPassed(world.time())) {
                throw new SocketTimeoutException("the gateway has fallen silent");
            }
            boolean isSilenceFirst = silence.nanos() - deadline.nanos() < 0;
            Optional<String> text = stream.read(isSilenceFirst ? silence : deadline);
            if (text.isPresent()) {
                JsonNode frame = parse(text.get());
                if (frame.path("type").asString("").equals("event")) {
                    listener.accept(
                            new Event(frame.path("event").asString(""), frame.path("payload")));
                }
                return Optional.of(frame);
            }
            if (deadline.hasPassed(world.time())) {
                return Optional.empty();
            }
        }
    }

    private static JsonNode parse(String text) throws IOException {
        try {
            return JSON.readTree(text);
        } catch (JacksonException malformed) {
            throw new IOException("The gateway sent something that is not JSON", malformed);
        }
    }

    private static ObjectNode greeting(
            GatewayAddress address, Scope scope, String version, World world) {
        ObjectNode params =
                JSON.createObjectNode().put("minProtocol", PROTOCOL).put("maxProtocol", PROTOCOL);
        params.putObject("client")
                .put("id", "cli")
                .put("version", version)
                .put("platform", System.getProperty("os.name", "unknown").toLowerCase(Locale.ROOT))
                .put("mode", "cli")
                .put("instanceId", world.ids().next());
        params.putArray("caps");
        if (address.secret().isPresent()) {
            // Either field is compared with the one shared secret, whichever mode is configured.
            params.putObject("auth")
                    .put("token", address.secret().reveal())
                    .put("password", address.secret().reveal());
        }
        params.put("role", "operator").putArray("scopes").add(scope.wireName());
        return params;
    }
}
