package dev.evergate.server.openai;

import dev.evergate.core.gateway.RunEnd;

/** How an answer is told to whoever asked over HTTP. Immutable. */
interface AnswerForm {
    /** All of it, as JSON; of a run that has ended well. */
    byte[] whole(RunEnd end);

    /** Its pieces, none of which has been said. */
    AnswerStream stream();
}
