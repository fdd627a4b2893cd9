/** Owns every durable hand-off: ports, implemented by the store. */
@NullMarked
package dev.evergate.core.journal;

import org.jspecify.annotations.NullMarked;
