/** Reads JSON5, and changes a text without touching what was not meant. */
@NullMarked
package dev.evergate.core.config.json5;

import org.jspecify.annotations.NullMarked;
