package dev.evergate.app;

import dev.evergate.app.config.NextGeneration;
import dev.evergate.core.config.ConfigSnapshot;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import java.io.IOException;
import java.util.List;

/** The process after this one, as far as the configuration has a say in it. Thread-safe. */
final class NextProcess implements NextGeneration {
    private final StateDirectory state;
    private final Door door;
    private final RestartDesk restarts;
    private volatile boolean isJvmRefused;

    NextProcess(StateDirectory state, Door door, RestartDesk restarts) {
        this.state = state;
        this.door = door;
        this.restarts = restarts;
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

    /** Another configuration is in force. */
    void look(ConfigSnapshot config) {
        isJvmRefused = JvmArguments.of(config.operation().jvm()).wereRefused(state);
    }

    /**
     * A keeper does not know the configuration, so its first generation has a JVM as the build made
     * it: if another is wanted, the next one gets that.
     */
    void seeTo(ConfigSnapshot config, StartMode mode) {
        look(config);
        boolean isSettled = JvmArguments.of(config.operation().jvm()).areInForce() || isJvmRefused;
        if (door.hasKeeper() && mode == StartMode.NORMAL && !isSettled) {
            want(config, "the configuration wants other options of the JVM");
        }
    }

    /** What a person should know. */
    List<String> notices() {
        return isJvmRefused
                ? List.of("jvm-refused: no generation came up with jvm.* of the configuration")
                : List.of();
    }
}
