/** Who did what: how it is written down in the audit log. */
@NullMarked
package dev.evergate.server.audit;

import org.jspecify.annotations.NullMarked;
