package dev.evergate.plugins.scout;

/** Writes the configuration that puts a provider and one of its models to use. */
final class ConfigLines {
    private ConfigLines() {}

    /** Lines for {@code evergate.json}; {@code apiKey} may be empty. */
    static String of(String id, String baseUrl, String apiKey, String model) {
        String key = apiKey.isEmpty() ? "" : " apiKey: \"" + apiKey + "\",";
        return """
               models: { providers: { %s: {
                 baseUrl: "%s", api: "openai-completions",%s
                 models: [{ id: "%s" }] } } },
               agents: { defaults: { model: { primary: "%s/%s" } } },"""
                .formatted(id, baseUrl, key, model, id, model);
    }
}
