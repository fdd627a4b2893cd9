/** What a successor proves about itself before the serving generation gives anything up. */
@NullMarked
package dev.evergate.app.rehearsal;

import org.jspecify.annotations.NullMarked;
