@NullMarked
package dev.evergate.core.config;

import org.jspecify.annotations.NullMarked;
