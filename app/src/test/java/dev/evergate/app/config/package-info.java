/** What a configuration does to a gateway, and what it must not be able to do. */
@NullMarked
package dev.evergate.app.config;

import org.jspecify.annotations.NullMarked;
