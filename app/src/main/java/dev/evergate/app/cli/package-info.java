/** The {@code evergate} command line: finds a running gateway, asks it, shows what it says. */
@NullMarked
package dev.evergate.app.cli;

import org.jspecify.annotations.NullMarked;
