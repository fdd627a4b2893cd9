/** Gives the reader of a connect what no client would ask for. */
@NullMarked
package dev.evergate.server.access;

import org.jspecify.annotations.NullMarked;
