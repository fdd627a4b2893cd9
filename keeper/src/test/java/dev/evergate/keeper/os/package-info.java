/** Tests of the package of the same name. */
@NullMarked
package dev.evergate.keeper.os;

import org.jspecify.annotations.NullMarked;
