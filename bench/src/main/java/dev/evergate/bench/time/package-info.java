/** The only source of clocks and waiting in this module. */
@NullMarked
package dev.evergate.bench.time;

import org.jspecify.annotations.NullMarked;
