/** What the product counts and measures about itself, in a form that no exporter owns. */
@NullMarked
package dev.evergate.core.metric;

import org.jspecify.annotations.NullMarked;
