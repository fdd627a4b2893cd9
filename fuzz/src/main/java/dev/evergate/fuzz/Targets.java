package dev.evergate.fuzz;

import dev.evergate.app.handover.PeerTarget;
import dev.evergate.core.config.json5.Json5Target;
import dev.evergate.keeper.link.LinkTarget;
import dev.evergate.plugins.http.EventTarget;
import dev.evergate.server.access.ConnectTarget;
import dev.evergate.server.hooks.HookTarget;
import dev.evergate.server.http.HeadTarget;
import dev.evergate.server.tls.PemTarget;
import dev.evergate.server.transit.FrozenTarget;
import dev.evergate.server.ui.SiteTarget;
import dev.evergate.server.wire.EnvelopeTarget;
import dev.evergate.server.ws.FrameTarget;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** All targets there are. Stateless. */
public final class Targets {
    private Targets() {}

    private static Map<String, Supplier<Target>> byName() {
        return new TreeMap<>(
                Map.ofEntries(
                        Map.entry("frames", FrameTarget::new),
                        Map.entry("head", HeadTarget::new),
                        Map.entry("envelope", EnvelopeTarget::new),
                        Map.entry("connect", ConnectTarget::new),
                        Map.entry("hooks", HookTarget::new),
                        Map.entry("site", SiteTarget::new),
                        Map.entry("json5", Json5Target::new),
                        Map.entry("pem", PemTarget::new),
                        Map.entry("frozen", FrozenTarget::new),
                        Map.entry("peer", PeerTarget::new),
                        Map.entry("link", LinkTarget::new),
                        Map.entry("events", EventTarget::new)));
    }

    /** In the order of their names. */
    public static List<String> names() {
        return List.copyOf(byName().keySet());
    }

    /**
     * The one with this name.
     *
     * @throws IllegalArgumentException naming those there are
     */
    public static Target named(String name) {
        Supplier<Target> target = byName().get(name);
        if (target == null) {
            throw new IllegalArgumentException(
                    "no target is named \"%s\" (expected: one of %s)".formatted(name, names()));
        }
        return target.get();
    }
}
