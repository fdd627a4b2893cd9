/** Gives the reader of event streams what no provider would send. */
@NullMarked
package dev.evergate.plugins.http;

import org.jspecify.annotations.NullMarked;
