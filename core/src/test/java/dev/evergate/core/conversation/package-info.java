@NullMarked
package dev.evergate.core.conversation;

import org.jspecify.annotations.NullMarked;
