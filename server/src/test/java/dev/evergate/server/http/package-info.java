/** Tests of the door. */
@NullMarked
package dev.evergate.server.http;

import org.jspecify.annotations.NullMarked;
