/** Real gateways as processes of their own, started, hurt and ended by tests. */
@NullMarked
package dev.evergate.testkit.process;

import org.jspecify.annotations.NullMarked;
