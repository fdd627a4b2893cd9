/** Numbered copies of every configuration that was in force, and which of them are good. */
@NullMarked
package dev.evergate.core.config.history;

import org.jspecify.annotations.NullMarked;
