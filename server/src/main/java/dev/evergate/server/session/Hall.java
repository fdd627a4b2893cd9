package dev.evergate.server.session;

import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.server.access.AccessPolicy;
import dev.evergate.server.access.Scrutiny;
import dev.evergate.server.rpc.MethodTable;
import dev.evergate.server.rpc.Services;
import dev.evergate.server.wire.WireError;
import dev.evergate.server.ws.FrameBudget;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What all connections share.
 *
 * @param budget of those that have said who they are
 * @param strangersBudget of those that have not
 * @param refusal what every request gets from now on; empty while they are served
 * @param isDeparting whether connections are on their way to another server
 */
record Hall(
        Services services,
        MethodTable methods,
        AccessPolicy policy,
        EventFrames frames,
        FrameBudget budget,
        FrameBudget strangersBudget,
        Supplier<Optional<WireError>> refusal,
        BooleanSupplier isDeparting,
        Consumer<Throwable> faults) {
    /** {@code gateway.*}, as it is in force now. */
    ConfigSnapshot.Gateway config() {
        return services.gateway().config().gateway();
    }

    /** Who would be let in now. */
    Scrutiny scrutiny() {
        return new Scrutiny(config());
    }
}
