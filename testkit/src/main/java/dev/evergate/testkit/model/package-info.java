/** Model providers on loopback that do what a script says. */
@NullMarked
package dev.evergate.testkit.model;

import org.jspecify.annotations.NullMarked;
