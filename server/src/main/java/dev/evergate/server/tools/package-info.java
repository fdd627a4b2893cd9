/** Tools that a program may call by itself, without an agent. */
@NullMarked
package dev.evergate.server.tools;

import org.jspecify.annotations.NullMarked;
