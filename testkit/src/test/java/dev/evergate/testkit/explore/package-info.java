/** Tests of the explorer. */
@NullMarked
package dev.evergate.testkit.explore;

import org.jspecify.annotations.NullMarked;
