/** Puts the turns of one conversation in order. */
@NullMarked
package dev.evergate.core.conversation;

import org.jspecify.annotations.NullMarked;
