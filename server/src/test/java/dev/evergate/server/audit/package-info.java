/** Tests of how clients' doings are written down. */
@NullMarked
package dev.evergate.server.audit;

import org.jspecify.annotations.NullMarked;
