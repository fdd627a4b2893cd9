/** Brings configurations into force in a gateway that runs. */
@NullMarked
package dev.evergate.app.config;

import org.jspecify.annotations.NullMarked;
