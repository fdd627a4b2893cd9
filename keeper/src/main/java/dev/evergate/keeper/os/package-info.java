/** Wraps the operating system calls the JDK does not offer, one method a call. */
@NullMarked
package dev.evergate.keeper.os;

import org.jspecify.annotations.NullMarked;
