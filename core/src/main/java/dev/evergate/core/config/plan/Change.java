package dev.evergate.core.config.plan;

import dev.evergate.core.config.ConfigPath;

/** A value that is not what it was. Never shows the value: it could be a secret. */
public record Change(ConfigPath path, Effect effect) {
    @Override
    public String toString() {
        return path + " (" + effect.phrase() + ")";
    }
}
