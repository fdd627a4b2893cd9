package dev.evergate.server;

import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.lifecycle.Readiness;
import dev.evergate.server.fetch.Network;
import dev.evergate.server.spi.Desks;
import dev.evergate.server.spi.Evidence;
import dev.evergate.server.spi.GatewayKey;
import dev.evergate.server.spi.Identity;
import dev.evergate.server.spi.LogSource;
import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.net.TestCertificate;
import dev.evergate.testkit.time.TimeLimit;
import dev.evergate.testkit.time.Wait;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A server on a free loopback port, in front of a {@link FakeGateway}. */
final class TestServer implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    final FakeAudit audit = new FakeAudit();
    final FakeConfigs configs = new FakeConfigs();
    final FakeRestarts restarts = new FakeRestarts();
    final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
    final ShiftedWorld world = new ShiftedWorld(faults::add);
    final FakeGateway gateway = new FakeGateway(world);
    final ControlServer server;
    final InetSocketAddress address;
    volatile Phase phase = Phase.RUNNING;
    volatile List<String> failing = List.of();
    volatile long ageNanos;

    /** Holds who decides about clients: that looks at the readiness first. */
    volatile CountDownLatch readinessGate = new CountDownLatch(0);

    private final long startedNanos = world.time().nanos();

    TestServer() {
        this(Network.OPEN);
    }

    /**
     * @param network where it goes when it is to fetch something
     */
    TestServer(Network network) {
        LogSource logs =
                (cursor, linesMax, bytesMax) ->
                        new LogSource.Tail(
                                "logs/evergate.jsonl",
                                cursor.orElse(0) + 10,
                                10,
                                List.of("{\"message\":\"started\"}"),
                                false,
                                false,
                                0);
        server =
                new ControlServer(
                        gateway,
                        this::readiness,
                        new Evidence(
                                logs,
                                (limit, type, sinceSeq) ->
                                        JSON.createObjectNode()
                                                .put("limit", limit)
                                                .put("type", type.orElse(""))
                                                .put("sinceSeq", sinceSeq),
                                () -> "evergate_ready 1\n",
                                () -> JSON.createObjectNode().put("pid", 4711),
                                () -> new GatewayKey("device-1", "key-1")),
                        new Desks(restarts, configs, audit),
                        new Identity("0.1.0", "instance-1", 41, "test-host"),
                        new Surroundings(world, network),
                        faults::add);
        server.start();
        address =
                server.open("control", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private Readiness readiness() {
        try {
            var _ = readinessGate.await(Wait.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return new Readiness(
                phase,
                41,
                "instance-1",
                7,
                failing,
                List.of("no channel is configured"),
                startedNanos,
                world.time().nanos() - ageNanos);
    }

    RawClient connect() throws IOException {
        return RawClient.connect(address, Wait.PATIENCE);
    }

    /** Upgraded, the challenge read. */
    RawClient greeted(String... headers) throws IOException {
        return greet(connect(), headers);
    }

    private static RawClient greet(RawClient client, String... headers) throws IOException {
        RawClient.Answer answer = client.upgrade(headers);
        if (answer.status() != 101) {
            throw new AssertionError(answer.head() + answer.body());
        }
        JsonNode _ = json(client.readText());
        return client;
    }

    /** Authenticated with every scope. */
    RawClient admin() throws IOException {
        return authenticated("operator.admin");
    }

    RawClient authenticated(String... scopes) throws IOException {
        return authenticate(greeted(), scopes);
    }

    /** The same, with a receive buffer of that many bytes. */
    RawClient narrow(int receiveBufferBytes, String... scopes) throws IOException {
        return authenticate(
                greet(RawClient.connect(address, Wait.PATIENCE, receiveBufferBytes)), scopes);
    }

    /** Encrypted and authenticated. */
    RawClient encrypted(TestCertificate trusted, String... scopes) throws IOException {
        return authenticate(
                greet(RawClient.connect(address, Wait.PATIENCE, trusted.trusting())), scopes);
    }

    private static RawClient authenticate(RawClient client, String... scopes) throws IOException {
        client.sendText(connectFrame("cli", "cli", FakeGateway.TOKEN, scopes));
        JsonNode hello = json(client.readText());
        if (!hello.path("ok").asBoolean(false)) {
            throw new AssertionError(hello.toString());
        }
        return client;
    }

    static String connectFrame(String id, String mode, String token, String... scopes) {
        return """
        {"type":"req","id":"c1","method":"connect","params":{"minProtocol":4,"maxProtocol":4,
         "client":{"id":"%s","version":"1.0.0","platform":"linux","mode":"%s"},"caps":[],
         "auth":{"token":"%s"},"role":"operator","scopes":[%s]}}"""
                .formatted(
                        id,
                        mode,
                        token,
                        scopes.length == 0 ? "" : '"' + String.join("\",\"", scopes) + '"');
    }

    /** Sends a request and reads up to its answer. */
    static JsonNode call(RawClient client, String method, String params) throws IOException {
        client.sendText(
                "{\"type\":\"req\",\"id\":\"q\",\"method\":\""
                        + method
                        + "\",\"params\":"
                        + params
                        + "}");
        return answer(client, "q");
    }

    static JsonNode answer(RawClient client, String id) throws IOException {
        return read(client, "id", id);
    }

    /** Ticks go on for ever: they must not keep alive who waits for something else. */
    private static JsonNode read(RawClient client, String field, String value) throws IOException {
        TimeLimit limit = TimeLimit.in(Wait.PATIENCE.toMillis());
        while (limit.leftMs() > 0) {
            JsonNode frame = json(client.readText());
            if (frame.path(field).asString("").equals(value)) {
                return frame;
            }
        }
        throw new AssertionError("nothing came with " + field + " " + value);
    }

    /** Reads up to the next event of this name. */
    static JsonNode event(RawClient client, String name) throws IOException {
        return read(client, "event", name);
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    @Override
    public void close() throws InterruptedException {
        server.stop(world.time().deadlineIn(1000));
        server.close();
        world.close();
    }
}
