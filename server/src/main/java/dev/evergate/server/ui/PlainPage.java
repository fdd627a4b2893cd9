package dev.evergate.server.ui;

import dev.evergate.core.config.ConfigSnapshot.ControlUi;

/** What is said at {@code /} where the control UI is not. */
final class PlainPage {
    private PlainPage() {}

    static String text(String version, ControlUi ui) {
        return """
        This is Evergate %s, and it is running.

        Talk to it from a terminal:
          evergate agent --message "hello"
          evergate status

        %s

        Programs speak gateway protocol 4 on a WebSocket at this address.
        Health: /healthz, /readyz, /startupz
        """
                .formatted(version, inABrowser(ui));
    }

    private static String inABrowser(ControlUi ui) {
        if (!ui.isEnabled()) {
            return """
            The control UI is switched off. It is switched on with:
              evergate config set gateway.controlUi.enabled true""";
        }
        return ui.root().isEmpty()
                ? """
                To see it in a browser, tell it where OpenClaw's control UI is, which comes with the
                npm package openclaw:
                  evergate config set gateway.controlUi.root "$(npm root -g)/openclaw/dist/control-ui\""""
                : "The control UI is at " + ui.basePath() + "/";
    }

    /** In the place of the control UI, if its folder is of no use. */
    static String withoutIndex() {
        return """
        The control UI cannot be shown: the folder that gateway.controlUi.root names has no readable
        index.html. Tell the gateway where one is, for example:
          evergate config set gateway.controlUi.root "$(npm root -g)/openclaw/dist/control-ui"
        """;
    }
}
