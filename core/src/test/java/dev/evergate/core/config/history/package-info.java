@NullMarked
package dev.evergate.core.config.history;

import org.jspecify.annotations.NullMarked;
