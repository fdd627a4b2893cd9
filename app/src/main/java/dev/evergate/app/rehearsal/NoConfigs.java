package dev.evergate.app.rehearsal;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.spi.Configs;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A rehearsal has the configuration of whoever rehearses, and changes none. Thread-safe. */
final class NoConfigs implements Configs {
    @Override
    public JsonNode document() {
        throw none();
    }

    @Override
    public Outcome change(Edit edit, Terms terms) {
        throw none();
    }

    @Override
    public JsonNode schema() {
        throw none();
    }

    @Override
    public Optional<JsonNode> lookup(String path) {
        throw none();
    }

    @Override
    public List<JsonNode> history(int limit) {
        throw none();
    }

    @Override
    public JsonNode diff(long from, OptionalLong to) {
        throw none();
    }

    private static EvergateException none() {
        return new EvergateException(
                ErrorCode.UNAVAILABLE, "a rehearsal has no configuration of its own");
    }
}
