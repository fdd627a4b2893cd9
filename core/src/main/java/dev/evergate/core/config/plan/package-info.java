/** What is different between two configurations, and what it takes. */
@NullMarked
package dev.evergate.core.config.plan;

import org.jspecify.annotations.NullMarked;
