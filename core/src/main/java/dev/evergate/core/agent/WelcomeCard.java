package dev.evergate.core.agent;

import dev.evergate.api.ModelScout;
import dev.evergate.api.ModelScout.Finding;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The built-in answer while no model is configured: says so, says what was found, says how to go
 * on. It never pretends to be a model.
 */
public final class WelcomeCard {
    private final List<ModelScout> scouts;
    private final Map<String, String> environment;
    private final String configPath;

    /**
     * @param environment what scouts may read
     * @param configPath the file a person would edit
     */
    public WelcomeCard(
            Iterable<ModelScout> scouts, Map<String, String> environment, String configPath) {
        List<ModelScout> all = new ArrayList<>();
        scouts.forEach(all::add);
        this.scouts = List.copyOf(all);
        this.environment = Map.copyOf(environment);
        this.configPath = configPath;
    }

    /** What is there to use; blocks for as long as the scouts do. */
    public List<Finding> findings() {
        return scouts.stream().flatMap(scout -> scout.look(environment).stream()).toList();
    }

    /** The card as plain text. */
    public String text() {
        var card = new StringBuilder();
        card.append(
                "Evergate is running, but no model is configured yet, so nobody can answer you.\n\n");
        List<Finding> findings = findings();
        if (findings.isEmpty()) {
            card.append(
                    "Nothing was found to use: no Ollama on its port, no API key in the environment.\n");
        }
        for (Finding finding : findings) {
            card.append("Found ").append(finding.what()).append(". To use it:\n");
            finding.hint().lines().forEach(line -> card.append("    ").append(line).append('\n'));
        }
        card.append("\nTo set a model, edit ")
                .append(configPath)
                .append(" like this and restart:\n");
        card.append(EXAMPLE);
        card.append("\nThese work without a model: /help /status /new /stop /whoami");
        return card.toString();
    }

    private static final String EXAMPLE =
            """
                models: { providers: { mine: {
                  baseUrl: "http://127.0.0.1:8000/v1", api: "openai-completions",
                  models: [{ id: "my-model" }] } } },
                agents: { defaults: { model: { primary: "mine/my-model" } } },
            """;
}
