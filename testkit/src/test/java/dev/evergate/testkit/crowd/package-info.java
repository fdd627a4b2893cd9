/** Tests of the crowd: it must find what it is there to find. */
@NullMarked
package dev.evergate.testkit.crowd;

import org.jspecify.annotations.NullMarked;
