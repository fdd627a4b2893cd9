/** What the surrounding process provides. */
@NullMarked
package dev.evergate.server.spi;

import org.jspecify.annotations.NullMarked;
