/** The command line against a gateway played by script. */
@NullMarked
package dev.evergate.app.cli;

import org.jspecify.annotations.NullMarked;
