/** Rules about the code itself: which part may know which, and how a file may look. */
@NullMarked
package dev.evergate.app.structure;

import org.jspecify.annotations.NullMarked;
