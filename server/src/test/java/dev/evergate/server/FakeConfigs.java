package dev.evergate.server;

import dev.evergate.server.spi.Configs;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/** A configuration that a test makes up. Thread-safe. */
final class FakeConfigs implements Configs {
    record Change(Edit edit, Terms terms) {}

    final List<Change> changes = new CopyOnWriteArrayList<>();
    volatile Outcome outcome =
            new Outcome.Done(
                    "/s/evergate.json",
                    "hmac-sha256:v1:after",
                    TestServer.json("{\"logging\":{\"level\":\"debug\"}}"),
                    List.of("logging"),
                    Optional.empty());

    @Override
    public JsonNode document() {
        return TestServer.json("{\"path\":\"/s/evergate.json\",\"valid\":true}");
    }

    @Override
    public Outcome change(Edit edit, Terms terms) {
        changes.add(new Change(edit, terms));
        return outcome;
    }

    @Override
    public JsonNode schema() {
        return TestServer.json("{\"schema\":{},\"uiHints\":{}}");
    }

    @Override
    public Optional<JsonNode> lookup(String path) {
        return path.equals("gateway.port")
                ? Optional.of(TestServer.json("{\"path\":\"gateway.port\"}"))
                : Optional.empty();
    }

    @Override
    public List<JsonNode> history(int limit) {
        return List.of(TestServer.json("{\"number\":" + limit + "}"));
    }

    @Override
    public JsonNode diff(long from, OptionalLong to) {
        return TestServer.json("{\"from\":%d,\"to\":%d}".formatted(from, to.orElse(0)));
    }
}
