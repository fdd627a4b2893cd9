/** Tests of the package of the same name. */
@NullMarked
package dev.evergate.keeper.supervisor;

import org.jspecify.annotations.NullMarked;
