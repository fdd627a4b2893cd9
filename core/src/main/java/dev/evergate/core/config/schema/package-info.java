/** Every key: what it may hold, what it means, and what a change of it takes. */
@NullMarked
package dev.evergate.core.config.schema;

import org.jspecify.annotations.NullMarked;
