/** Many clients at once, on few threads, which check everything they are told. */
@NullMarked
package dev.evergate.testkit.crowd;

import org.jspecify.annotations.NullMarked;
