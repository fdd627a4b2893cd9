/** Tests of how generations are judged. */
@NullMarked
package dev.evergate.keeper.watch;

import org.jspecify.annotations.NullMarked;
