/** Holds every journal to its contract, and breaks one on purpose. */
@NullMarked
package dev.evergate.testkit.journal;

import org.jspecify.annotations.NullMarked;
