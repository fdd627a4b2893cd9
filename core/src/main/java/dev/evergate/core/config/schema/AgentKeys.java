package dev.evergate.core.config.schema;

import static dev.evergate.core.config.plan.Effect.AT_ONCE;
import static dev.evergate.core.config.plan.Effect.NEXT_MESSAGE;
import static dev.evergate.core.config.plan.Effect.NEXT_TURN;
import static dev.evergate.core.config.plan.Effect.SCHEDULER;
import static dev.evergate.core.config.schema.Types.anything;
import static dev.evergate.core.config.schema.Types.atLeast;
import static dev.evergate.core.config.schema.Types.choice;
import static dev.evergate.core.config.schema.Types.decimal;
import static dev.evergate.core.config.schema.Types.flag;
import static dev.evergate.core.config.schema.Types.list;
import static dev.evergate.core.config.schema.Types.model;
import static dev.evergate.core.config.schema.Types.path;
import static dev.evergate.core.config.schema.Types.text;
import static dev.evergate.core.config.schema.Types.texts;
import static dev.evergate.core.config.schema.Types.timeOfDay;
import static dev.evergate.core.config.schema.Types.timespan;
import static dev.evergate.core.config.schema.Types.whole;

import java.util.List;

/** {@code agents}: who answers. */
final class AgentKeys {
    private static final String ONE = "agents.{entries.*,list[]}";

    private AgentKeys() {}

    static List<Keys> declared() {
        return List.of(
                defaults(), compaction(), memory(), heartbeat(), entries(), persona(), legacy());
    }

    private static Keys defaults() {
        return Keys.in("agents.defaults")
                .takes(NEXT_TURN)
                .key("model", model(), "The model that is asked first; short for model.primary")
                .key("model.primary", model(), "The model that is asked first")
                .key(
                        "model.fallbacks",
                        list(model()),
                        List.of(),
                        "Models that are asked in turn when those before cannot answer")
                .key(
                        "timeoutSeconds",
                        whole(1, 86_400),
                        1_800,
                        "Longest time for one answer, in seconds")
                .key(
                        "maxConcurrent",
                        whole(1, 10_000),
                        "Answers at the same time; otherwise 4 for each processor, at least 8")
                .notUsedYet()
                .key(
                        "workspace",
                        path(),
                        "~/.evergate/workspace",
                        "The folder of an agent's own files")
                .key("mediaMaxMb", decimal(0, 1_024), 20, "Largest attachment, in MB")
                .key("skills", texts(), "Skills that agents may use; missing for all")
                .key("models.*.alias", text(), "A short name for the model")
                .key("models.*.params", anything(), "What requests to the model carry besides");
    }

    private static Keys compaction() {
        return Keys.in("agents.defaults.compaction")
                .takes(NEXT_TURN)
                .key(
                        "enabled",
                        flag(),
                        true,
                        "Whether long conversations are summed up by themselves")
                .key(
                        "keepRecentTokens",
                        atLeast(0),
                        20_000,
                        "Tokens at the end of a conversation that stay as they are")
                .notUsedYet()
                .key(
                        "memoryFlush.enabled",
                        flag(),
                        true,
                        "Whether the agent first writes down what it wants to keep")
                .key("notifyUser", flag(), true, "Whether people are told when it happens");
    }

    private static Keys memory() {
        return Keys.in("agents.defaults.memorySearch")
                .takes(AT_ONCE)
                .key("provider", text(), "Who turns texts into vectors, for /v1/embeddings")
                .key("model", text(), "Its model for that");
    }

    private static Keys heartbeat() {
        return Keys.in("agents.{defaults,entries.*,list[]}.heartbeat")
                .takes(SCHEDULER)
                .notUsedYet()
                .key("every", timespan(), "0m", "How often an agent looks by itself; 0m for never")
                .key(
                        "target",
                        text(),
                        "owner",
                        "Who is told what it finds: owner, last, none or a channel")
                .key("model", model(), "A model for this alone")
                .key("activeHours.{start,end}", timeOfDay(), "When it looks at all")
                .key("activeHours.timezone", text(), "Where that time holds")
                .key(
                        "isolatedSession",
                        flag(),
                        true,
                        "Whether each look has a conversation of its own")
                .key("lightContext", flag(), true, "Whether it goes without the workspace's files")
                .key("prompt", text(), "What it is asked");
    }

    private static Keys entries() {
        return Keys.in(ONE)
                .takes(NEXT_TURN)
                .notUsedYet()
                .key("name", text(), "The agent's name for people")
                .key("workspace", path(), "The folder of the agent's own files")
                .key("model", model(), "Its model; short for model.primary")
                .key("model.primary", model(), "The model that it asks first")
                .key(
                        "model.fallbacks",
                        list(model()),
                        "Models that it asks when that one cannot answer")
                .key("skills", texts(), "Skills that it may use; missing for what holds for all")
                .key(
                        "tools.profile",
                        choice("minimal", "coding", "messaging", "full"),
                        "Tools that it begins with")
                .key("tools.{allow,deny}", texts(), "Tools that it may use as well, or may not")
                .key("tools.exec", anything(), "How it runs commands, as tools.exec")
                .key(
                        "subagents.allowAgents",
                        texts(),
                        "Agents that it may hand work to; \"*\" for any")
                .key(
                        "subagents.model",
                        model(),
                        "The model of those that it makes; short for model.primary")
                .key("subagents.model.primary", model(), "The model of those that it makes")
                .key(
                        "subagents.model.fallbacks",
                        list(model()),
                        "Models that they ask when that one cannot answer")
                .key(
                        "subagents.maxConcurrent",
                        whole(1, 1_000),
                        "How many of them work at the same time");
    }

    private static Keys persona() {
        return Keys.in(ONE)
                .takes(NEXT_TURN)
                .notUsedYet()
                .key("identity.name", text(), "What it calls itself")
                .key("identity.theme", text(), "What it is like")
                .key("identity.emoji", text(), "Its sign, also as a reaction")
                .key(
                        "identity.avatar",
                        text(),
                        "Its picture: a file of its workspace, or an address")
                .takes(NEXT_MESSAGE)
                .key("groupChat.mentionPatterns", texts(), "What counts as a mention of it")
                .key("groupChat.historyLimit", atLeast(0), "Messages of a group that it sees");
    }

    private static Keys legacy() {
        return Keys.in("agents.list[]")
                .takes(NEXT_TURN)
                .notUsedYet()
                .required("id", text("[\\w.-]+", "an agent's id", "helper"), "The agent's id")
                .key("default", flag(), false, "Whether it answers when nobody else is named");
    }
}
