/** Reads the files of a configuration, and what they refer to. */
@NullMarked
package dev.evergate.core.config.source;

import org.jspecify.annotations.NullMarked;
