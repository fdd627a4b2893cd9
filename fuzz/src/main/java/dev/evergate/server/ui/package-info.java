/** Gives the folder of the control UI paths that nobody would ask for. */
@NullMarked
package dev.evergate.server.ui;

import org.jspecify.annotations.NullMarked;
