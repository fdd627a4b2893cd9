package dev.evergate.app;

import dev.evergate.app.config.NextGeneration;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import java.io.IOException;
import java.util.List;

/** The generation after this one, as the configuration wants its JVM to be. Thread-safe. */
final class Offspring implements NextGeneration {
    private final Door door;
    private final RestartDesk restarts;
    private final StateDirectory state;
    private volatile boolean isRefused;

    Offspring(Door door, RestartDesk restarts, StateDirectory state) {
        this.door = door;
        this.restarts = restarts;
        this.state = state;
    }

    @Override
    public long ownerPid() {
        return door.ownerPid();
    }

    @Override
    public void want(ConfigSnapshot config, String reason) {
        try {
            JvmArguments.of(config.operation().jvm()).write(state);
        } catch (IOException e) {
            throw new EvergateException(
                    ErrorCode.STATE_UNUSABLE,
                    "jvm: " + state.run() + " cannot be written: " + e.getMessage(),
                    e);
        }
        boolean _ = restarts.ask(reason);
    }

    /**
     * A keeper does not know the configuration, so its first generation has a JVM as the build made
     * it: if another is wanted, the next one gets that.
     */
    void seeTo(ConfigSnapshot config) {
        look(config);
        boolean isSettled = isRefused || JvmArguments.of(config.operation().jvm()).areInForce();
        if (door.hasKeeper() && !isSettled) {
            want(config, "the configuration wants other options of the JVM");
        }
    }

    /** This configuration is in force. */
    void look(ConfigSnapshot config) {
        isRefused = JvmArguments.of(config.operation().jvm()).wereRefused(state);
    }

    /** What a person should know. */
    List<String> notices() {
        return isRefused
                ? List.of("jvm-refused: no generation came up with jvm.* of the configuration")
                : List.of();
    }
}
