package dev.evergate.server.session;

import dev.evergate.server.access.AccessPolicy;
import dev.evergate.server.rpc.MethodTable;
import dev.evergate.server.rpc.Services;
import dev.evergate.server.ws.FrameBudget;

import java.util.function.Consumer;

/** What all connections share. */
record Hall(
        Services services,
        MethodTable methods,
        AccessPolicy policy,
        EventFrames frames,
        FrameBudget budget,
        Consumer<Throwable> faults) {}
