@NullMarked
package dev.evergate.core.time;

import org.jspecify.annotations.NullMarked;
