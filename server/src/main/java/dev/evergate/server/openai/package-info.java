/** The part of OpenAI's HTTP API that the gateway speaks: its agents as models. */
@NullMarked
package dev.evergate.server.openai;

import org.jspecify.annotations.NullMarked;
