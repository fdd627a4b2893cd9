@NullMarked
package dev.evergate.app.config;

import org.jspecify.annotations.NullMarked;
