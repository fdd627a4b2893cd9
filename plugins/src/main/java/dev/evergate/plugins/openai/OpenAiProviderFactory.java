package dev.evergate.plugins.openai;

import dev.evergate.api.ModelProvider;
import dev.evergate.api.ModelProviderFactory;
import dev.evergate.api.ModelProviderSettings;
import dev.evergate.plugins.http.SharedHttp;

/** Opens providers that speak OpenAI's chat completions API. */
public final class OpenAiProviderFactory implements ModelProviderFactory {
    private final SharedHttp http = new SharedHttp();

    @Override
    public String api() {
        return "openai-completions";
    }

    @Override
    public ModelProvider open(ModelProviderSettings settings) {
        return new OpenAiProvider(settings, http);
    }
}
