/** Ties what plugins offer to one configuration. */
@NullMarked
package dev.evergate.core.plugin;

import org.jspecify.annotations.NullMarked;
