/** Tests of what the journal's values mean. */
@NullMarked
package dev.evergate.core.journal;

import org.jspecify.annotations.NullMarked;
