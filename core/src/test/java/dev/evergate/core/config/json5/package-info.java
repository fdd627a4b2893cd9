/** Tests of reading and changing JSON5. */
@NullMarked
package dev.evergate.core.config.json5;

import org.jspecify.annotations.NullMarked;
