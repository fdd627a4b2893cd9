@NullMarked
package dev.evergate.testkit.journal;

import org.jspecify.annotations.NullMarked;
