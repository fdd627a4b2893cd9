package dev.evergate.server.rpc;

import dev.evergate.core.journal.Usage;
import dev.evergate.core.journal.Usage.Sum;
import dev.evergate.server.access.Scope;

import tools.jackson.core.JsonGenerator;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What models have cost: tokens by day, model and conversation, as the transcripts have them. No
 * prices are configured, so every answer counts as one whose price is missing.
 */
final class UsageMethods {
    private static final int CONVERSATIONS_MAX = 200;

    private final Services services;

    UsageMethods(Services services) {
        this.services = services;
    }

    List<Method> methods() {
        return List.of(Method.blocking("usage.cost", Scope.READ, this::cost));
    }

    /** Tokens of some answers. */
    private record Total(long answers, long input, long output) {
        static final Total NONE = new Total(0, 0, 0);

        Total plus(Total other) {
            return new Total(answers + other.answers, input + other.input, output + other.output);
        }

        static Total of(Sum sum) {
            return new Total(sum.answers(), sum.inputTokens(), sum.outputTokens());
        }

        long tokens() {
            return input + output;
        }
    }

    private record Model(String provider, String name) {}

    private void cost(Call call) {
        String defaultId = call.config().agents().defaultId();
        Optional<String> agentId = call.params().optionalName("agentId");
        if (!agentId.orElse(defaultId).equals(defaultId)) {
            call.fail(IdentityMethods.unknownAgent(agentId.get(), defaultId));
            return;
        }
        UsageDays days = UsageDays.of(call.params(), services.nowMs());
        List<Sum> sums = call.gateway().usage(days.span());
        call.answer(out -> write(out, days, sums));
    }

    private void write(JsonGenerator out, UsageDays days, List<Sum> sums) {
        out.writeStartObject();
        out.writeNumberProperty("updatedAt", services.nowMs());
        out.writeNumberProperty("days", days.count());
        out.writeStringProperty("startDate", days.first().toString());
        out.writeStringProperty("endDate", days.last().toString());
        out.writeArrayPropertyStart("daily");
        by(sums.reversed(), Sum::day)
                .forEach(
                        (day, total) -> {
                            out.writeStartObject();
                            out.writeStringProperty("date", LocalDate.ofEpochDay(day).toString());
                            total(out, total);
                            out.writeEndObject();
                        });
        out.writeEndArray();
        out.writeObjectPropertyStart("totals");
        total(out, sums.stream().map(Total::of).reduce(Total.NONE, Total::plus));
        out.writeEndObject();
        models(out, sums);
        conversations(out, sums);
        if (sums.size() >= Usage.SUMS_MAX) {
            out.writeBooleanProperty("truncated", true);
        }
        out.writeEndObject();
    }

    private static void models(JsonGenerator out, List<Sum> sums) {
        out.writeArrayPropertyStart("byModel");
        costliest(by(sums, sum -> new Model(sum.provider(), sum.model())))
                .forEach(
                        entry -> {
                            out.writeStartObject();
                            out.writeStringProperty("provider", entry.getKey().provider());
                            out.writeStringProperty("model", entry.getKey().name());
                            total(out, entry.getValue());
                            out.writeEndObject();
                        });
        out.writeEndArray();
    }

    private static void conversations(JsonGenerator out, List<Sum> sums) {
        out.writeArrayPropertyStart("bySession");
        costliest(by(sums, Sum::sessionKey))
                .forEach(
                        entry -> {
                            out.writeStartObject();
                            out.writeStringProperty("key", entry.getKey());
                            total(out, entry.getValue());
                            out.writeEndObject();
                        });
        out.writeEndArray();
    }

    private static <K> Map<K, Total> by(List<Sum> sums, Function<Sum, K> group) {
        Map<K, Total> totals = new LinkedHashMap<>();
        for (Sum sum : sums) {
            Total _ = totals.merge(group.apply(sum), Total.of(sum), Total::plus);
        }
        return totals;
    }

    private static <K> List<Map.Entry<K, Total>> costliest(Map<K, Total> totals) {
        return totals.entrySet().stream()
                .sorted((a, b) -> Long.compare(b.getValue().tokens(), a.getValue().tokens()))
                .limit(CONVERSATIONS_MAX)
                .toList();
    }

    private static void total(JsonGenerator out, Total total) {
        out.writeNumberProperty("input", total.input());
        out.writeNumberProperty("output", total.output());
        out.writeNumberProperty("cacheRead", 0);
        out.writeNumberProperty("cacheWrite", 0);
        out.writeNumberProperty("totalTokens", total.tokens());
        for (String cost :
                List.of(
                        "totalCost",
                        "inputCost",
                        "outputCost",
                        "cacheReadCost",
                        "cacheWriteCost")) {
            out.writeNumberProperty(cost, 0);
        }
        out.writeNumberProperty("missingCostEntries", total.answers());
    }
}
