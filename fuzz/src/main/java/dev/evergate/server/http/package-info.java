/** Gives the reader of requests requests that nobody would send. */
@NullMarked
package dev.evergate.server.http;

import org.jspecify.annotations.NullMarked;
