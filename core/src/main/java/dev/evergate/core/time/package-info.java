/** The only source of "now", "later", threads and randomness. */
@NullMarked
package dev.evergate.core.time;

import org.jspecify.annotations.NullMarked;
