/** What a build is made of, and how the launcher starts it. */
@NullMarked
package dev.evergate.app.packaging;

import org.jspecify.annotations.NullMarked;
