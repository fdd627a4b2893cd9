package dev.evergate.app.rehearsal;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.config.ConfigSnapshot.Auth;
import dev.evergate.core.time.RealWorld;
import dev.evergate.server.spi.Identity;

import java.nio.file.Path;

/**
 * What a rehearsal takes from the generation that rehearses; nothing of it is changed.
 *
 * @param folder where its scratch state may lie, as a folder of its own
 * @param config the one this generation will serve with
 * @param file where that stands
 */
public record Stage(
        RealWorld world, Path folder, ConfigSnapshot config, Path file, Identity identity) {
    /** The same, for clients of its own: they come through no proxy that could vouch for them. */
    Stage withoutProxy() {
        ConfigSnapshot.Gateway gateway = config.gateway();
        if (gateway.auth().mode() != Auth.Mode.TRUSTED_PROXY) {
            return this;
        }
        var auth = new Auth(Auth.Mode.TOKEN, Secret.of(world.ids().token()));
        var own =
                new ConfigSnapshot.Gateway(
                        gateway.port(),
                        gateway.bindHost(),
                        gateway.tls(),
                        auth,
                        gateway.trustedProxies(),
                        gateway.controlUi(),
                        gateway.http());
        var rehearsed =
                new ConfigSnapshot(
                        config.generation(),
                        config.hash(),
                        own,
                        config.providers(),
                        config.agents(),
                        config.operation(),
                        config.problems());
        return new Stage(world, folder, rehearsed, file, identity);
    }
}
