/** One plain HTTP request and its answer, as those see it who answer. */
@NullMarked
package dev.evergate.server.exchange;

import org.jspecify.annotations.NullMarked;
