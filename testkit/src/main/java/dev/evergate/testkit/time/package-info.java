/** Virtual time with a seeded order of everything, and waiting for what happens in real time. */
@NullMarked
package dev.evergate.testkit.time;

import org.jspecify.annotations.NullMarked;
