/** Gives the reader of the configuration texts that nobody would write. */
@NullMarked
package dev.evergate.core.config.json5;

import org.jspecify.annotations.NullMarked;
