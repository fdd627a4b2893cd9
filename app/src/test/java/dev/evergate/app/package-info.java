/** Parts of one generation by themselves, and processes as a whole. */
@NullMarked
package dev.evergate.app;

import org.jspecify.annotations.NullMarked;
