/** Hand-overs between two generations. */
@NullMarked
package dev.evergate.app.handover;

import org.jspecify.annotations.NullMarked;
