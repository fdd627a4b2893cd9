/** Tests of openai. */
@NullMarked
package dev.evergate.plugins.openai;

import org.jspecify.annotations.NullMarked;
