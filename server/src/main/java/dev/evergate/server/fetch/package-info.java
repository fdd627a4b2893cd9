/** Fetches what stands at addresses that came from outside, and nothing that is not public. */
@NullMarked
package dev.evergate.server.fetch;

import org.jspecify.annotations.NullMarked;
