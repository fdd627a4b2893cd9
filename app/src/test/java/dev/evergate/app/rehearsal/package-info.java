/** Tests of the rehearsal. */
@NullMarked
package dev.evergate.app.rehearsal;

import org.jspecify.annotations.NullMarked;
