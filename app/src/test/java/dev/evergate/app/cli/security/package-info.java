/** Tests of what the security audit looks at. */
@NullMarked
package dev.evergate.app.cli.security;

import org.jspecify.annotations.NullMarked;
