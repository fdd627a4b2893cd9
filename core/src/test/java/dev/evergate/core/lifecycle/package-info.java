@NullMarked
package dev.evergate.core.lifecycle;

import org.jspecify.annotations.NullMarked;
