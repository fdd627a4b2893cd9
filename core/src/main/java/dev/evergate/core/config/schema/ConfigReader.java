package dev.evergate.core.config.schema;

import dev.evergate.api.Secret;
import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigPath;
import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.ConfigProblem.Kind;
import dev.evergate.core.config.source.ConfigSources;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes typed values of what files say. Thread-safe. */
public final class ConfigReader {
    private ConfigReader() {}

    /**
     * Reads kindly. A key that nobody knows has no effect. A value that cannot be used keeps the
     * value that was good; where it is part of a list or of something that is used as a whole, all
     * of that does. Where several keys do not fit each other, that goes on with what holds them,
     * until everything fits. Without a good value the default holds.
     *
     * @param overrides stand over everything, and are never taken back
     * @param number of the snapshot
     * @param good what was in force before, or was proven last
     * @throws EvergateException {@code CONFIG_REFUSED} if not even the defaults can be used: there
     *     is no secret at all. Also if others could come in who must not, and nothing good is
     *     known: defaults are not what was wanted
     */
    public static ConfigReading read(
            ConfigSources sources,
            ConfigOverrides overrides,
            long number,
            Optional<ObjectNode> good) {
        JsonNode authored = sources.authored();
        Set<ConfigProblem> problems = new LinkedHashSet<>();
        ObjectNode fallback =
                good.map(
                                tree ->
                                        mended(
                                                over(tree, overrides),
                                                empty(overrides),
                                                tree,
                                                List.of(),
                                                new LinkedHashSet<>()))
                        .orElseGet(() -> empty(overrides));
        ObjectNode tree =
                mended(
                        over(sources.resolved(), overrides),
                        fallback,
                        authored,
                        sources.problems(),
                        problems);
        List<ConfigProblem> told = List.copyOf(problems);
        // What comes behind is only that the default of it all has no secret.
        int exposed = told.stream().map(ConfigProblem::kind).toList().lastIndexOf(Kind.EXPOSED);
        boolean isUnwanted = exposed >= 0 && good.isEmpty();
        if (isUnwanted
                || Check.of(ConfigSchema.TREE, tree, authored).stream().anyMatch(Check::isBad)) {
            throw refused(sources, exposed < 0 ? told : told.subList(0, exposed + 1));
        }
        ObjectNode effective = Essence.of(ConfigSchema.TREE, tree);
        Values values = new Values(ConfigSchema.TREE, effective, sources.root());
        return new ConfigReading(
                SnapshotReader.read(values, number, sources.hash(), told), effective, told);
    }

    private static EvergateException refused(ConfigSources sources, List<ConfigProblem> why) {
        return new EvergateException(
                ErrorCode.CONFIG_REFUSED,
                "The configuration %s cannot be used: %s. Nothing was changed; correct the file and start again."
                        .formatted(
                                sources.root(),
                                why.stream()
                                        .map(ConfigProblem::toString)
                                        .collect(Collectors.joining("; "))));
    }

    /**
     * Everything that is wrong, unknown keys too; empty for a configuration that may be written.
     *
     * @param overrides what stands over it, so that a secret of the environment is not missed
     */
    public static List<ConfigProblem> strict(ConfigSources sources, ConfigOverrides overrides) {
        Set<ConfigProblem> problems = new LinkedHashSet<>(sources.problems());
        Set<String> unresolved =
                sources.problems().stream().map(ConfigProblem::path).collect(Collectors.toSet());
        // What stands over a value hides only that it is missing, not that it is wrong.
        Stream<ConfigProblem> written =
                Check.of(ConfigSchema.TREE, sources.resolved(), sources.authored()).stream()
                        .map(Check.Finding::problem)
                        .filter(problem -> isWritten(problem, sources));
        Stream<ConfigProblem> together =
                Check.of(ConfigSchema.TREE, over(sources.resolved(), overrides), sources.authored())
                        .stream()
                        .map(Check.Finding::problem);
        Stream.concat(written, together)
                .filter(problem -> !unresolved.contains(problem.path()))
                .forEach(problems::add);
        return List.copyOf(problems);
    }

    private static boolean isWritten(ConfigProblem problem, ConfigSources sources) {
        return !ConfigPath.parse(problem.path()).find(sources.resolved()).isMissingNode();
    }

    /** As with overrides, without any. */
    public static List<ConfigProblem> strict(ConfigSources sources) {
        return strict(sources, ConfigOverrides.NONE);
    }

    /**
     * Takes from {@code good} what cannot stay, until everything fits or there is nothing left to
     * take.
     */
    private static ObjectNode mended(
            ObjectNode tree,
            ObjectNode good,
            JsonNode authored,
            List<ConfigProblem> unresolved,
            Set<ConfigProblem> problems) {
        KeyTree keys = ConfigSchema.TREE;
        Set<ConfigPath> taken = new LinkedHashSet<>();
        problems.addAll(unresolved);
        Stream<ConfigPath> bad =
                unresolved.stream()
                        // What is said of no key has no value to take back.
                        .filter(problem -> !problem.path().isEmpty())
                        .map(problem -> Check.whole(keys, ConfigPath.parse(problem.path())));
        while (true) {
            for (ConfigPath path : bad.distinct().toList()) {
                ConfigPath from = path;
                while (!taken.add(from) && !from.isRoot()) {
                    from = from.parent();
                }
                if (from.isRoot()) {
                    return good;
                }
                Trees.put(tree, from, from.find(good));
            }
            List<Check.Finding> findings = Check.of(keys, tree, authored);
            findings.forEach(finding -> problems.add(finding.problem()));
            bad = findings.stream().filter(Check::isBad).map(Check.Finding::path);
            if (findings.stream().noneMatch(Check::isBad)) {
                return tree;
            }
        }
    }

    private static ObjectNode empty(ConfigOverrides overrides) {
        return over(JsonMapper.shared().createObjectNode(), overrides);
    }

    /** A copy with the overrides in the place of what was written. */
    private static ObjectNode over(ObjectNode tree, ConfigOverrides overrides) {
        ObjectNode copy = tree.deepCopy();
        overrides.port().ifPresent(port -> put(copy, "gateway.port", number(port)));
        overrides.bind().ifPresent(bind -> put(copy, "gateway.bind", text(bind)));
        secret(overrides.token()).ifPresent(token -> put(copy, "gateway.auth.token", token));
        secret(overrides.password())
                .ifPresent(password -> put(copy, "gateway.auth.password", password));
        return copy;
    }

    private static void put(ObjectNode tree, String path, JsonNode value) {
        Trees.put(tree, ConfigPath.parse(path), value);
    }

    private static Optional<JsonNode> secret(Secret secret) {
        return secret.isPresent() ? Optional.of(text(secret.reveal())) : Optional.empty();
    }

    private static JsonNode number(int number) {
        return JsonMapper.shared().valueToTree(number);
    }

    private static JsonNode text(String text) {
        return JsonMapper.shared().valueToTree(text);
    }
}
