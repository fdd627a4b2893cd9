/** How long a change of the configuration takes until it is in force. */
@NullMarked
package dev.evergate.bench.config;

import org.jspecify.annotations.NullMarked;
