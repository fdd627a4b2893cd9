package dev.evergate.app.process;

import dev.evergate.testkit.model.FakeOpenAi;

/** Configurations for gateways under test. */
final class Configs {
    private Configs() {}

    /** One whose model is a fake. */
    static String with(FakeOpenAi model) {
        return """
        { gateway: { auth: { token: "a-test-token" } },
          models: { providers: { fake: { baseUrl: "%s", apiKey: "a-test-key", models: [{ id: "echo-1" }] } } },
          agents: { defaults: { model: { primary: "fake/echo-1" } } } }
        """
                .formatted(model.baseUrl());
    }
}
