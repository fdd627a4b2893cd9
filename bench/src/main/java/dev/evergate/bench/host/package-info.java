/** The machine, its processes, and the gateway that is measured. */
@NullMarked
package dev.evergate.bench.host;

import org.jspecify.annotations.NullMarked;
