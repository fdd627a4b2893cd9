/** Tests of the store. */
@NullMarked
package dev.evergate.store;

import org.jspecify.annotations.NullMarked;
