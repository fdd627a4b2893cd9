package dev.evergate.plugins.scout;

import dev.evergate.api.ModelScout;

import java.util.List;
import java.util.Map;

/**
 * Finds the API keys of well-known providers in the environment: their names, never their values.
 */
public final class EnvironmentKeyScout implements ModelScout {
    private static final List<Known> KNOWN =
            List.of(
                    new Known(
                            "OPENAI_API_KEY", "openai", "https://api.openai.com/v1", "gpt-5-mini"),
                    new Known(
                            "ANTHROPIC_API_KEY",
                            "anthropic",
                            "https://api.anthropic.com/v1",
                            "claude-sonnet-4-5"),
                    new Known(
                            "OPENROUTER_API_KEY",
                            "openrouter",
                            "https://openrouter.ai/api/v1",
                            "openrouter/auto"),
                    new Known(
                            "GEMINI_API_KEY",
                            "gemini",
                            "https://generativelanguage.googleapis.com/v1beta/openai",
                            "gemini-2.5-flash"),
                    new Known(
                            "MISTRAL_API_KEY",
                            "mistral",
                            "https://api.mistral.ai/v1",
                            "mistral-small-latest"),
                    new Known(
                            "DEEPSEEK_API_KEY",
                            "deepseek",
                            "https://api.deepseek.com/v1",
                            "deepseek-chat"),
                    new Known(
                            "GROQ_API_KEY",
                            "groq",
                            "https://api.groq.com/openai/v1",
                            "llama-3.3-70b-versatile"),
                    new Known("XAI_API_KEY", "xai", "https://api.x.ai/v1", "grok-4"));

    /** A provider with an OpenAI-compatible API, and a model of it to begin with. */
    private record Known(String variable, String id, String baseUrl, String model) {
        boolean isIn(Map<String, String> environment) {
            return !environment.getOrDefault(variable, "").isBlank();
        }

        Finding finding() {
            return new Finding(
                    "a key for " + id + " in the environment (" + variable + ")",
                    ConfigLines.of(id, baseUrl, "(paste the value of " + variable + ")", model));
        }
    }

    @Override
    public List<Finding> look(Map<String, String> environment) {
        return KNOWN.stream().filter(known -> known.isIn(environment)).map(Known::finding).toList();
    }
}
