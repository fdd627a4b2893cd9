/** Tests of http. */
@NullMarked
package dev.evergate.plugins.http;

import org.jspecify.annotations.NullMarked;
