/** Collectors, good and bad. */
@NullMarked
package dev.evergate.telemetry;

import org.jspecify.annotations.NullMarked;
