/** Turns a file into a validated snapshot. */
@NullMarked
package dev.evergate.core.config;

import org.jspecify.annotations.NullMarked;
