/**
 * What could let somebody in who should not be: findings about a state directory and what it says.
 */
@NullMarked
package dev.evergate.app.cli.security;

import org.jspecify.annotations.NullMarked;
