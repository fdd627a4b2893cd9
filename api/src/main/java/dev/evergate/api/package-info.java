/** The contract between Evergate and its plugins. */
@NullMarked
package dev.evergate.api;

import org.jspecify.annotations.NullMarked;
