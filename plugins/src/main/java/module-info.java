/** Built-in model providers and scouts, written the way a third party would write them. */
module dev.evergate.plugins {
    requires static transitive org.jspecify;
    requires dev.evergate.api;
    requires java.net.http;
    requires tools.jackson.databind;

    provides dev.evergate.api.ModelProviderFactory with
            dev.evergate.plugins.openai.OpenAiProviderFactory;
    provides dev.evergate.api.ModelScout with
            dev.evergate.plugins.scout.OllamaScout,
            dev.evergate.plugins.scout.EnvironmentKeyScout;
}
