/** Speaks OpenTelemetry's OTLP over HTTP; loaded only where it is configured. */
@NullMarked
package dev.evergate.telemetry;

import org.jspecify.annotations.NullMarked;
