package dev.evergate.server.openai;

import dev.evergate.core.config.ConfigSnapshot;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Agents under the names of models: {@code openclaw/main}, {@code evergate/main}; without a name
 * behind it, or {@code default}, the default agent. Immutable.
 */
record AgentModels(ConfigSnapshot.Agents agents) {
    private static final List<String> FAMILIES = List.of("openclaw", "evergate");

    /** A model as it is listed. */
    record Model(String id, String owner) {}

    List<Model> all() {
        return FAMILIES.stream()
                .flatMap(
                        family ->
                                Stream.of("", "/default", "/" + agents.defaultId())
                                        .map(rest -> new Model(family + rest, family)))
                .distinct()
                .toList();
    }

    Optional<Model> find(String id) {
        return all().stream().filter(model -> model.id().equals(id)).findFirst();
    }

    /** The agent a model name means; empty if it is none of ours. The agent need not exist. */
    Optional<String> agent(String model) {
        for (String family : FAMILIES) {
            if (model.equals(family)) {
                return Optional.of(agents.defaultId());
            }
            boolean isNamed =
                    model.startsWith(family + "/")
                            || model.startsWith(family + ":"); // as earlier releases had it
            String agent = isNamed ? model.substring(family.length() + 1) : "";
            if (!agent.isEmpty()) {
                return Optional.of(agent.equals("default") ? agents.defaultId() : agent);
            }
        }
        return Optional.empty();
    }
}
