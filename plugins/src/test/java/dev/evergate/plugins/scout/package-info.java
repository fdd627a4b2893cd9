/** Tests of scout. */
@NullMarked
package dev.evergate.plugins.scout;

import org.jspecify.annotations.NullMarked;
