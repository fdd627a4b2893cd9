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

/** All targets there are. Stateless. */
public final class Targets {
    private Targets() {}

    public static List<Target> all() {
        return List.of(
                new FrameTarget(),
                new HeadTarget(),
                new EnvelopeTarget(),
                new ConnectTarget(),
                new HookTarget(),
                new SiteTarget(),
                new Json5Target(),
                new PemTarget(),
                new FrozenTarget(),
                new PeerTarget(),
                new LinkTarget(),
                new EventTarget());
    }

    /**
     * The one with this name.
     *
     * @throws IllegalArgumentException naming those there are
     */
    public static Target named(String name) {
        return all().stream()
                .filter(target -> target.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no target is named \"%s\" (expected: one of %s)"
                                                .formatted(
                                                        name,
                                                        all().stream().map(Target::name).toList())));
    }
}
