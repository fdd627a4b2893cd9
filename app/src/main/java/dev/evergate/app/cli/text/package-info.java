/** How answers look, to people and in pipes. */
@NullMarked
package dev.evergate.app.cli.text;

import org.jspecify.annotations.NullMarked;
