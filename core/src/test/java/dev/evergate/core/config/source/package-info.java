@NullMarked
package dev.evergate.core.config.source;

import org.jspecify.annotations.NullMarked;
