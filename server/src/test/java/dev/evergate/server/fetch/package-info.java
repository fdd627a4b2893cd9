/** What is fetched from outside, and what is not. */
@NullMarked
package dev.evergate.server.fetch;

import org.jspecify.annotations.NullMarked;
