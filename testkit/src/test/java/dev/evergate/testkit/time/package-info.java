/** Tests of the simulated world. */
@NullMarked
package dev.evergate.testkit.time;

import org.jspecify.annotations.NullMarked;
