/** Composition root of one generation. */
@NullMarked
package dev.evergate.app;

import org.jspecify.annotations.NullMarked;
