/** What leaves the house for a collector, and who carries it; nothing here knows a wire format. */
@NullMarked
package dev.evergate.core.telemetry;

import org.jspecify.annotations.NullMarked;
