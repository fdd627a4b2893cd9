/** Tests of the clients. */
@NullMarked
package dev.evergate.testkit.net;

import org.jspecify.annotations.NullMarked;
