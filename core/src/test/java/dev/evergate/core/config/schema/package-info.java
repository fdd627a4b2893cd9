@NullMarked
package dev.evergate.core.config.schema;

import org.jspecify.annotations.NullMarked;
