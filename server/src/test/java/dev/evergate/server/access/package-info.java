/** Tests of who may do what. */
@NullMarked
package dev.evergate.server.access;

import org.jspecify.annotations.NullMarked;
