package dev.evergate.app;

import dev.evergate.core.config.ConfigSnapshot.Auth;

import java.util.List;

/** What a person should know of how clients prove themselves. Stateless. */
final class AuthNotices {
    private AuthNotices() {}

    static List<String> of(Auth auth) {
        return switch (auth.mode()) {
            case TOKEN, PASSWORD -> List.of();
            case TRUSTED_PROXY ->
                    auth.secret().isPresent()
                            ? List.of()
                            : List.of(
                                    "auth-no-local-password: commands on this machine are not let in, since"
                                            + " they do not come through the proxy; set"
                                            + " gateway.auth.password in the configuration");
            case NONE ->
                    List.of(
                            "auth-none: insecure, since gateway.auth.mode is \"none\": every program of this"
                                    + " machine may do everything; to ask for a token:"
                                    + " evergate config set gateway.auth.mode token");
        };
    }
}
