package dev.evergate.app.sim;

import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.api.Secret;
import dev.evergate.core.agent.WelcomeCard;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.gateway.EventFeed;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.core.gateway.GatewayEvent;
import dev.evergate.core.gateway.GatewayParts;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.Leases;
import dev.evergate.core.plugin.PluginSet;
import dev.evergate.testkit.time.SimLife;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A gateway of one simulated generation, around one model. */
final class SimGateway {
    /** Whoever speaks. */
    static final Gateway.Sender SENDER = new Gateway.Sender("somebody", true);

    private SimGateway() {}

    /** Takes the lease and takes up what earlier generations left. */
    static LiveGateway start(
            SimLife life,
            Journal journal,
            int number,
            ModelProviderFactory model,
            Consumer<GatewayEvent> observer) {
        return start(life, journal, number, model, observer, _ -> {});
    }

    /** As above; {@code restart} is asked for the next generation. */
    static LiveGateway start(
            SimLife life,
            Journal journal,
            int number,
            ModelProviderFactory model,
            Consumer<GatewayEvent> observer,
            Consumer<String> restart) {
        LiveGateway assembled = build(life, journal, model, observer, restart);
        assembled.enter(lease(journal, number));
        return assembled;
    }

    /** Builds one that has not entered. */
    static LiveGateway build(
            SimLife life,
            Journal journal,
            ModelProviderFactory model,
            Consumer<GatewayEvent> observer,
            Consumer<String> restart) {
        ConfigSnapshot config = config(model.api());
        var feed = new EventFeed();
        var _ = feed.subscribe(observer);
        var parts =
                new GatewayParts(
                        life,
                        journal,
                        config,
                        PluginSet.of(life, config, List.of(() -> model)),
                        new WelcomeCard(List.of(), Map.of(), "evergate.json"),
                        feed,
                        12,
                        restart);
        return new LiveGateway(parts, life.loop("core"));
    }

    /** Takes the lease, whoever holds it. */
    static Epoch lease(Journal journal, int number) {
        return ((Leases.Outcome.Taken)
                        journal.leases().take(new Leases.Holder("instance", number), _ -> true))
                .epoch();
    }

    private static ConfigSnapshot config(String api) {
        var settings =
                new ModelProviderSettings(
                        "sim",
                        URI.create("http://127.0.0.1/"),
                        Secret.none(),
                        Map.of(),
                        Duration.ofSeconds(1));
        return new ConfigSnapshot(
                1,
                "hash",
                new ConfigSnapshot.Gateway(
                        18789,
                        "127.0.0.1",
                        new ConfigSnapshot.Auth(ConfigSnapshot.Auth.Mode.TOKEN, Secret.of("t")),
                        List.of(),
                        List.of()),
                Map.of("sim", new ConfigSnapshot.Provider(settings, api, List.of())),
                new ConfigSnapshot.Agents(
                        "main",
                        Optional.of(new ConfigSnapshot.ModelRef("sim", "m")),
                        List.of(),
                        60_000,
                        4),
                Optional.empty(),
                List.of());
    }
}
