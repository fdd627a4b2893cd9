/**
 * The gateway's core in a simulated world: virtual time, random order, crashes; a seed replays a
 * run.
 */
@NullMarked
package dev.evergate.app.sim;

import org.jspecify.annotations.NullMarked;
