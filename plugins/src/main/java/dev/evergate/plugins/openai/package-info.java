/** Models behind OpenAI's chat completions API, which most servers of models understand. */
@NullMarked
package dev.evergate.plugins.openai;

import org.jspecify.annotations.NullMarked;
