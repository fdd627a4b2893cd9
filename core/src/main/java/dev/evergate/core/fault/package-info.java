/** Names every failure and what it does to the process. */
@NullMarked
package dev.evergate.core.fault;

import org.jspecify.annotations.NullMarked;
