/** Runs one turn: asks the model, streams, checkpoints. */
@NullMarked
package dev.evergate.core.agent;

import org.jspecify.annotations.NullMarked;
