/**
 * How one generation gives the gateway to the next: both sides, and what they say to each other.
 */
@NullMarked
package dev.evergate.app.handover;

import org.jspecify.annotations.NullMarked;
