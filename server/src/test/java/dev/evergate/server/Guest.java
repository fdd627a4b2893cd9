package dev.evergate.server;

import static dev.evergate.server.TestServer.json;

import dev.evergate.testkit.net.DeviceKey;
import dev.evergate.testkit.net.RawClient;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.List;

/**
 * A device that connects to a {@link TestServer} in one way or another. Immutable.
 *
 * @param headers of its upgrade
 * @param commands that it offers as a node
 * @param auth which field it shows its secret in, and the secret
 */
record Guest(
        DeviceKey key,
        List<String> headers,
        List<String> client,
        List<String> auth,
        String role,
        List<String> scopes,
        List<String> commands) {
    private static final JsonMapper JSON = new JsonMapper();

    /** A command line with a device of its own, on this machine, with the shared secret. */
    static Guest local(String... scopes) {
        return new Guest(
                DeviceKey.make(),
                List.of(),
                List.of("cli", "cli", "linux"),
                List.of("token", FakeGateway.TOKEN),
                "operator",
                List.of(scopes),
                List.of());
    }

    /** The same through a proxy, which the server must trust. */
    Guest remote() {
        return remote("203.0.113.9");
    }

    /** The same from this address. */
    Guest remote(String address) {
        List<String> forwarded = List.of("X-Forwarded-For: " + address);
        return new Guest(key, forwarded, client, auth, role, scopes, commands);
    }

    Guest from(String origin) {
        return new Guest(key, List.of("Origin: " + origin), client, auth, role, scopes, commands);
    }

    Guest as(String id, String mode, String platform) {
        return new Guest(key, headers, List.of(id, mode, platform), auth, role, scopes, commands);
    }

    Guest showing(String field, String secret) {
        return new Guest(key, headers, client, List.of(field, secret), role, scopes, commands);
    }

    Guest inRole(String name) {
        return new Guest(key, headers, client, auth, name, scopes, commands);
    }

    Guest wanting(String... wanted) {
        return new Guest(key, headers, client, auth, role, List.of(wanted), commands);
    }

    Guest offering(String... offered) {
        return new Guest(key, headers, client, auth, role, scopes, List.of(offered));
    }

    String id() {
        return key.id();
    }

    /** A connection and the answer it got. */
    record Visit(RawClient client, JsonNode answer) implements AutoCloseable {
        JsonNode auth() {
            return answer.at("/payload/auth");
        }

        String token() {
            return auth().path("deviceToken").asString("");
        }

        JsonNode error() {
            return answer.path("error");
        }

        String detail() {
            return error().at("/details/code").asString("");
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    Visit visit(TestServer server) throws IOException {
        RawClient raw = server.connect();
        RawClient.Answer upgraded = raw.upgrade(headers.toArray(String[]::new));
        if (upgraded.status() != 101) {
            throw new AssertionError(upgraded.head());
        }
        JsonNode challenge = json(raw.readText()).path("payload");
        ObjectNode frame = JSON.createObjectNode();
        frame.put("type", "req").put("id", "c1").put("method", "connect");
        ObjectNode params = frame.putObject("params");
        params.put("minProtocol", 4).put("maxProtocol", 4).put("role", role);
        params.putObject("client")
                .put("id", client.get(0))
                .put("mode", client.get(1))
                .put("platform", client.get(2))
                .put("version", "1");
        scopes.forEach(params.putArray("scopes")::add);
        commands.forEach(params.putArray("commands")::add);
        params.putObject("auth").put(auth.get(0), auth.get(1));
        key.prove(params, challenge);
        raw.sendText(frame.toString());
        return new Visit(raw, TestServer.answer(raw, "c1"));
    }

    /** Connects and says what went wrong, if anything did. */
    JsonNode outcome(TestServer server) throws IOException {
        try (Visit visit = visit(server)) {
            return visit.answer();
        }
    }
}
