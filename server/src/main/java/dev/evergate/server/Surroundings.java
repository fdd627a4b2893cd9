package dev.evergate.server;

import dev.evergate.core.time.World;
import dev.evergate.server.fetch.Network;

/** What the server does not make itself: time and threads, and the way out. */
record Surroundings(World world, Network network) {}
