/** Services decided from facts, compared with golden files and with the programs that read them. */
@NullMarked
package dev.evergate.app.cli.service;

import org.jspecify.annotations.NullMarked;
