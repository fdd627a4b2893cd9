/** Exhaustive exploration of small state machines that run against each other. */
@NullMarked
package dev.evergate.testkit.explore;

import org.jspecify.annotations.NullMarked;
