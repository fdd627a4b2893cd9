/** Keeps the journal: tables on SQLite, one writer with group commit, a few readers. */
@NullMarked
package dev.evergate.store;

import org.jspecify.annotations.NullMarked;
