/** Gives both ends of the link messages that the other would not send. */
@NullMarked
package dev.evergate.keeper.link;

import org.jspecify.annotations.NullMarked;
