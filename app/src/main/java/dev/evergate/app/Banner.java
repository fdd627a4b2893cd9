package dev.evergate.app;

import dev.evergate.core.config.ConfigSnapshot;

import java.nio.file.Path;
import java.util.Locale;

/** What a person at the terminal reads when the gateway is ready. */
record Banner(
        String version, double readySeconds, String address, Path config, ConfigSnapshot snapshot) {
    String first() {
        return """
        Evergate %s   ready in %.1f s   %s

          Sign in   %s
          Try       evergate agent --message "hello"
          Look      evergate status
          %s
          Stop      Ctrl-C"""
                .formatted(version, readySeconds, address, signIn(), model());
    }

    /** For every generation but a keeper's first: one line is enough. */
    String again(long generation) {
        return String.format(
                Locale.ROOT,
                "Generation %d serves %s after %.1f s",
                generation,
                address,
                readySeconds);
    }

    private String signIn() {
        return switch (snapshot.gateway().auth().mode()) {
            case TOKEN -> secret("token");
            case PASSWORD -> secret("password");
            case TRUSTED_PROXY ->
                    "through your proxy; commands on this machine use gateway.auth.password of "
                            + config;
            case NONE ->
                    "not needed. INSECURE: every program of this machine may do everything"
                            + " (gateway.auth.mode)";
        };
    }

    private String secret(String name) {
        return "with gateway.auth.%s of %s (commands on this machine find it by themselves)"
                .formatted(name, config);
    }

    private String model() {
        return snapshot.agents()
                .primary()
                .map(ref -> "Model     " + ref)
                .orElse(
                        "Model     none yet: evergate agent --message \"hello\" tells what was found"
                                + " and how to set one");
    }
}
