/** Tests of the fake providers. */
@NullMarked
package dev.evergate.testkit.model;

import org.jspecify.annotations.NullMarked;
