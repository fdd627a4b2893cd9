/** Tests of the package of the same name. */
@NullMarked
package dev.evergate.keeper.owner;

import org.jspecify.annotations.NullMarked;
