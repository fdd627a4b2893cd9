package dev.evergate.app.config;

import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigProblem.Kind;
import dev.evergate.core.config.history.ConfigHistory;
import dev.evergate.core.config.history.Entry;
import dev.evergate.core.config.plan.Change;
import dev.evergate.core.config.plan.Plan;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.schema.ConfigSchema;
import dev.evergate.core.config.source.ConfigSources;
import dev.evergate.core.config.source.SourceReading;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** What clients are shown of configurations (protocol v4 "Config"). Never a secret. Thread-safe. */
final class ConfigAnswers {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Parts parts;
    private final Supplier<Optional<InForce>> inForce;

    /**
     * @param inForce empty where no gateway runs
     */
    ConfigAnswers(Parts parts, Supplier<Optional<InForce>> inForce) {
        this.parts = parts;
        this.inForce = inForce;
    }

    JsonNode redacted(JsonNode tree) {
        return ConfigSchema.redacted(tree);
    }

    /** Names what the files say. */
    String hash(SourceReading reading) {
        return parts.hash().of(reading.texts());
    }

    /** As {@code config.get} answers. */
    JsonNode document(SourceReading reading) {
        Path root = parts.files().root();
        Optional<InForce> active = inForce.get();
        Optional<ConfigSources> sources =
                reading instanceof SourceReading.Read(var read)
                        ? Optional.of(read)
                        : Optional.empty();
        List<ConfigProblem> problems = problems(reading);
        ObjectNode out = JSON.createObjectNode();
        out.put("path", root.toString());
        ArrayNode included = out.putArray("includedPaths");
        reading.texts().keySet().stream()
                .filter(file -> !file.equals(root))
                .forEach(file -> included.add(file.toString()));
        out.putArray("includeProvenance");
        out.put("agentRosterIncludeOwned", false);
        out.put("bindingsIncludeOwned", false);
        out.put("exists", !(reading instanceof SourceReading.Missing));
        String raw = Redactions.shown(reading.texts().getOrDefault(root, ""));
        out.put("raw", raw);
        ObjectNode nothing = JSON.createObjectNode();
        JsonNode authored = sources.map(read -> redacted(read.authored())).orElse(nothing);
        out.set("parsed", authored);
        out.set("sourceConfig", authored);
        out.set(
                "resolved",
                sources.map(read -> ConfigSchema.redacted(read.resolved(), read.authored()))
                        .orElse(nothing));
        out.put("valid", problems.stream().allMatch(each -> each.kind() == Kind.UNKNOWN_KEY));
        JsonNode effective =
                active.map(it -> ConfigSchema.redacted(it.effective(), it.sources().authored()))
                        .orElse(nothing);
        out.set("runtimeConfig", effective);
        out.set("config", effective);
        out.put("hash", hash(reading));
        issues(out.putArray("issues"), problems, false);
        issues(out.putArray("warnings"), problems, true);
        out.putArray("legacyIssues");
        out.put(
                "configRevisionHash",
                sources.map(read -> parts.hash().of(read.hash())).orElseGet(() -> hash(reading)));
        active.ifPresent(
                it -> {
                    out.put("appliedConfigHash", parts.hash().of(it.sources().hash()));
                    out.put("appliedConfigNumber", it.number());
                });
        return out;
    }

    private List<ConfigProblem> problems(SourceReading reading) {
        return switch (reading) {
            case SourceReading.Read(var sources) -> ConfigReader.strict(sources, parts.overrides());
            case SourceReading.Unusable unusable -> List.of(unusable.problem());
            case SourceReading.Missing _ -> List.of();
        };
    }

    private static void issues(ArrayNode out, List<ConfigProblem> problems, boolean areUnknown) {
        problems.stream()
                .filter(problem -> (problem.kind() == Kind.UNKNOWN_KEY) == areUnknown)
                .map(Draft::issue)
                .forEach(
                        problem ->
                                out.addObject()
                                        .put("path", problem.path())
                                        .put("message", problem.message()));
    }

    Optional<JsonNode> lookup(String path) {
        return ConfigSchema.lookup(path).map(found -> found);
    }

    /** As {@code config.schema} answers, but the version. */
    ObjectNode schema() {
        ObjectNode out = JSON.createObjectNode();
        out.set("schema", ConfigSchema.jsonSchema());
        out.set("uiHints", ConfigSchema.uiHints());
        return out.put(
                "generatedAt", Instant.ofEpochMilli(parts.world().time().wallMillis()).toString());
    }

    List<JsonNode> history(int limit) {
        long current = inForce.get().map(InForce::number).orElse(0L);
        return parts.history().contents().kept().stream()
                .limit(limit)
                .<JsonNode>map(entry -> entry(entry, current))
                .toList();
    }

    private static ObjectNode entry(Entry entry, long current) {
        return JSON.createObjectNode()
                .put("number", entry.number())
                .put("ts", entry.when().toEpochMilli())
                .put("by", word(entry.by()))
                .put("who", entry.who())
                .put("plan", entry.plan())
                .put("state", word(entry.state()))
                .put("inForce", entry.number() == current);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What is different from one to the other, value by value. */
    JsonNode diff(long from, OptionalLong to) {
        JsonNode before = authored(from);
        Optional<InForce> active = inForce.get();
        JsonNode after =
                to.isPresent()
                        ? authored(to.getAsLong())
                        : active.<JsonNode>map(it -> it.sources().authored())
                                .orElseGet(() -> authored(Map.of()));
        JsonNode shownBefore = redacted(before);
        JsonNode shownAfter = redacted(after);
        ObjectNode out = JSON.createObjectNode().put("from", from);
        if (to.isPresent() || active.isPresent()) {
            out.put("to", to.orElseGet(() -> active.orElseThrow().number()));
        }
        ArrayNode changes = out.putArray("changes");
        for (Change change : Plan.between(before, after, ConfigSchema::effect).changes()) {
            ObjectNode shown = changes.addObject().put("path", change.path().toString());
            shown.put("effect", change.effect().phrase());
            set(shown, "before", change.path().find(shownBefore));
            set(shown, "after", change.path().find(shownAfter));
        }
        return out;
    }

    private static void set(ObjectNode out, String name, JsonNode value) {
        if (!value.isMissingNode()) {
            out.set(name, value);
        }
    }

    private JsonNode authored(long number) {
        Map<Path, String> texts =
                parts.history()
                        .find(number)
                        .map(ConfigHistory.Kept::texts)
                        .orElseThrow(() -> gone(number));
        return authored(texts);
    }

    private static EvergateException gone(long number) {
        return new EvergateException(
                ErrorCode.NOT_FOUND,
                "configuration %d is not kept any more, or damaged (see: evergate config history)"
                        .formatted(number));
    }

    /** What files say together, as if these texts were in them. */
    private JsonNode authored(Map<Path, String> texts) {
        return switch (parts.files().read(texts)) {
            case SourceReading.Read(var sources) -> sources.authored();
            case SourceReading.Unusable unusable ->
                    throw new EvergateException(ErrorCode.NOT_FOUND, unusable.problem().toString());
            case SourceReading.Missing _ -> JSON.createObjectNode();
        };
    }
}
