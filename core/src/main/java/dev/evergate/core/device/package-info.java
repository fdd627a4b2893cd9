/** Which devices may connect, as what, and who has allowed it. */
@NullMarked
package dev.evergate.core.device;

import org.jspecify.annotations.NullMarked;
