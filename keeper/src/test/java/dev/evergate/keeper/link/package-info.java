/** Tests of the package of the same name. */
@NullMarked
package dev.evergate.keeper.link;

import org.jspecify.annotations.NullMarked;
