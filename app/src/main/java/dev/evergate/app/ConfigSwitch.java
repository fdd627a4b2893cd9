package dev.evergate.app;

import dev.evergate.app.config.Applier;
import dev.evergate.app.observe.LogRules;
import dev.evergate.app.observe.Observatory;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.plan.Plan;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.plugin.PluginSet;
import dev.evergate.server.ControlServer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Brings configurations into force in one generation: opens what a new one needs beside what is in
 * use, switches, and ends what is no longer used or allowed. What a change does not concern is not
 * touched.
 */
final class ConfigSwitch implements Applier {
    private final Rooms rooms;

    /**
     * What a configuration comes into force in.
     *
     * @param arePluginsLoaded whether there are any: in safe mode there are none
     * @param told is run after each switch, when everything is in force
     */
    record Rooms(
            LiveGateway gateway,
            ControlServer server,
            Entrance entrance,
            Observatory observatory,
            ReadinessMonitor readiness,
            boolean arePluginsLoaded,
            Runnable told) {}

    ConfigSwitch(Rooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public Prepared prepare(ConfigSnapshot next, Plan plan) {
        if (rooms.readiness().get().phase() != Phase.RUNNING) {
            throw new EvergateException(
                    ErrorCode.UNAVAILABLE,
                    "the gateway is being handed over or ends; try again in a moment");
        }
        List<Prepared> parts = new ArrayList<>();
        try {
            parts.add(new Core(next, plugins(next)));
            parts.add(log(next.operation().logging()));
            parts.add(rooms.observatory().prepare(next.otel()));
            parts.add(rooms.entrance().secure(next.gateway()));
            parts.add(rooms.entrance().open(next.gateway()));
            return new Whole(parts);
        } catch (RuntimeException | Error e) {
            parts.reversed().forEach(Prepared::discard);
            throw e;
        }
    }

    private Prepared log(ConfigSnapshot.Logging next) {
        return next.equals(rooms.gateway().config().operation().logging())
                ? Prepared.NOTHING
                : LogRules.prepare(next);
    }

    /** Those in use, as far as they are the same. */
    private PluginSet plugins(ConfigSnapshot next) {
        PluginSet inUse = rooms.gateway().plugins();
        if (next.providers().equals(rooms.gateway().config().providers())) {
            return inUse;
        }
        PluginSet opened = inUse.next(next);
        List<ConfigProblem> found = new ArrayList<>(opened.problems());
        found.removeAll(inUse.problems());
        if (rooms.arePluginsLoaded() && !found.isEmpty()) {
            opened.release();
            throw new EvergateException(
                    ErrorCode.CONFIG_REFUSED,
                    found.stream().map(ConfigProblem::toString).collect(Collectors.joining("; ")));
        }
        return opened;
    }

    /** What requests and turns see. */
    private final class Core implements Prepared {
        private final ConfigSnapshot next;
        private final PluginSet plugins;

        Core(ConfigSnapshot next, PluginSet plugins) {
            this.next = next;
            this.plugins = plugins;
        }

        @Override
        public void commit() {
            rooms.gateway().use(next, plugins);
        }

        @Override
        public void discard() {
            if (plugins != rooms.gateway().plugins()) {
                plugins.release();
            }
        }
    }

    /** Everything that a configuration takes; the first part is the switch itself. */
    private final class Whole implements Prepared {
        private final List<Prepared> parts;

        Whole(List<Prepared> parts) {
            this.parts = List.copyOf(parts);
        }

        @Override
        public void commit() {
            parts.forEach(Prepared::commit);
            rooms.server().reconsider();
            rooms.told().run();
        }

        @Override
        public void discard() {
            parts.reversed().forEach(Prepared::discard);
        }
    }
}
