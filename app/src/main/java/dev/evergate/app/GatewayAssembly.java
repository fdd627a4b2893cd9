package dev.evergate.app;

import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.ModelScout;
import dev.evergate.app.observe.LogTail;
import dev.evergate.core.agent.WelcomeCard;
import dev.evergate.core.config.ConfigFile;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.EventFeed;
import dev.evergate.core.gateway.GatewayParts;
import dev.evergate.core.gateway.LiveGateway;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.Journal;
import dev.evergate.core.journal.Leases;
import dev.evergate.core.lifecycle.Component;
import dev.evergate.core.lifecycle.Lifecycle;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.lifecycle.StopReport;
import dev.evergate.core.plugin.PluginSet;
import dev.evergate.core.time.Deadline;
import dev.evergate.core.time.Loop;
import dev.evergate.core.time.World;
import dev.evergate.store.SqlStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;

/** Puts one generation together, in the order in which it starts; it stops in exact reverse. */
final class GatewayAssembly {
    private static final long PART_STOP_MS = 1_000;
}
