/** What the product tells about itself. */
@NullMarked
package dev.evergate.app.observe;

import org.jspecify.annotations.NullMarked;
