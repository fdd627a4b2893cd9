/** Tests of the process driver. */
@NullMarked
package dev.evergate.testkit.process;

import org.jspecify.annotations.NullMarked;
