/** Finds models that a person could use but has not configured yet. */
@NullMarked
package dev.evergate.plugins.scout;

import org.jspecify.annotations.NullMarked;
