/** One class for each thing that is measured. */
@NullMarked
package dev.evergate.bench.measure;

import org.jspecify.annotations.NullMarked;
