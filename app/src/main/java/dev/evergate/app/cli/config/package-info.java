/** What the {@code config} commands ask for, and how answers look. */
@NullMarked
package dev.evergate.app.cli.config;

import org.jspecify.annotations.NullMarked;
