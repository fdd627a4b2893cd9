package dev.evergate.app.config;

import dev.evergate.core.config.history.Entry;

/** Is told of every configuration that is kept, before it comes into force. */
public interface Witness {
    /**
     * Blocks until that is written down, or cannot be.
     *
     * @param before names the content of the files before, as clients know it; empty at a start
     * @param after names what is kept
     */
    void changed(Entry kept, String before, String after);
}
