/** A plugin that does everything a plugin must not do. */
@NullMarked
package dev.evergate.testkit.plugin;

import org.jspecify.annotations.NullMarked;
