@NullMarked
package dev.evergate.core.gateway;

import org.jspecify.annotations.NullMarked;
