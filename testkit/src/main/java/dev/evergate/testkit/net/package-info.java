/** Clients for tests: one that speaks the gateway's protocol, others that misbehave. */
@NullMarked
package dev.evergate.testkit.net;

import org.jspecify.annotations.NullMarked;
