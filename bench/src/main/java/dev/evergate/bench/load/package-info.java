/** Load over Netty, and the bare servers it is compared with. */
@NullMarked
package dev.evergate.bench.load;

import org.jspecify.annotations.NullMarked;
