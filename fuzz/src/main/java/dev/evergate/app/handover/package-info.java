/** Gives a generation what the other one would not say. */
@NullMarked
package dev.evergate.app.handover;

import org.jspecify.annotations.NullMarked;
