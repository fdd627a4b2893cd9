package dev.evergate.core.config.schema;

import static dev.evergate.core.config.plan.Effect.NEXT_MESSAGE;
import static dev.evergate.core.config.schema.Types.anyOf;
import static dev.evergate.core.config.schema.Types.anything;
import static dev.evergate.core.config.schema.Types.atLeast;
import static dev.evergate.core.config.schema.Types.choice;
import static dev.evergate.core.config.schema.Types.flag;
import static dev.evergate.core.config.schema.Types.id;
import static dev.evergate.core.config.schema.Types.ids;
import static dev.evergate.core.config.schema.Types.text;
import static dev.evergate.core.config.schema.Types.texts;
import static dev.evergate.core.config.schema.Types.timespan;
import static dev.evergate.core.config.schema.Types.whole;

import java.util.List;

/**
 * {@code bindings}, {@code session}, {@code messages} and {@code commands}: where a message goes.
 */
final class ChatKeys {
    private ChatKeys() {}

    static List<Keys> declared() {
        return List.of(bindings(), session(), reset(), maintenance(), messages(), commands());
    }

    private static Keys bindings() {
        return Keys.in("bindings[]")
                .takes(NEXT_MESSAGE)
                .notUsedYet()
                .required("agentId", text(), "The agent that answers")
                .required("match.channel", text(), "The channel that the message comes from")
                .key("match.accountId", text(), "The account it comes to; \"*\" for any")
                .key("match.peer.kind", choice("direct", "group", "channel"), "What it comes from")
                .key("match.peer.id", id(), "Who it comes from; \"*\" for any")
                .key("match.guildId", id(), "The guild it comes from")
                .key("match.teamId", id(), "The team it comes from")
                .key("match.roles", ids(), "Roles of who it comes from")
                .key("session.dmScope", dmScope(), "As session.dmScope, for these messages")
                .key(
                        "session.groupScope",
                        groupScope(),
                        "As session.groupScope, for these messages")
                .key("comment", text(), "For people");
    }

    private static ValueType dmScope() {
        return choice("main", "per-peer", "per-channel-peer", "per-account-channel-peer");
    }

    private static ValueType groupScope() {
        return choice("main", "per-group");
    }

    private static Keys session() {
        return Keys.in("session")
                .takes(NEXT_MESSAGE)
                .notUsedYet()
                .key("dmScope", dmScope(), "main", "Which direct messages share a conversation")
                .key("groupScope", groupScope(), "per-group", "Which groups share a conversation")
                .key(
                        "identityLinks.*",
                        texts(),
                        "One person's names on channels, such as telegram:123456789")
                .key("resetTriggers", texts(), "Messages that begin a new conversation")
                .key(
                        "sendPolicy",
                        anything(),
                        "Which conversations may be written to, as in OpenClaw");
    }

    private static Keys reset() {
        return Keys.inWhole(
                        "session.{reset,resetByType.direct,resetByType.group,resetByType.thread,resetByChannel.*}")
                .takes(NEXT_MESSAGE)
                .notUsedYet()
                .key(
                        "mode",
                        choice("none", "daily", "idle"),
                        "none",
                        "When a conversation begins anew by itself")
                .key("atHour", whole(0, 23), "The hour of the day, with mode \"daily\"")
                .key("idleMinutes", atLeast(1), "Minutes of silence, with mode \"idle\"");
    }

    private static Keys maintenance() {
        return Keys.in("session.maintenance")
                .takes(NEXT_MESSAGE)
                .notUsedYet()
                .key(
                        "mode",
                        choice("enforce", "warn"),
                        "enforce",
                        "Whether old conversations are put away, or only told of")
                .key(
                        "pruneAfter",
                        anyOf(timespan(), atLeast(1)),
                        "30d",
                        "Age of a conversation that is put away; a number counts days")
                .key("maxEntries", atLeast(1), 5_000, "Conversations that are kept at hand");
    }

    private static Keys messages() {
        ValueType mode = choice("steer", "followup", "collect", "interrupt");
        return Keys.in("messages")
                .takes(NEXT_MESSAGE)
                .notUsedYet()
                .key(
                        "queue.mode",
                        mode,
                        "steer",
                        "What a message does that comes while an answer is made")
                .key(
                        "queue.cap",
                        whole(1, 10_000),
                        20,
                        "Messages that may wait in one conversation")
                .key(
                        "queue.drop",
                        choice("old", "new", "summarize"),
                        "summarize",
                        "What happens to those that are too many")
                .key("queue.byChannel.*", mode, "As queue.mode, for one channel")
                .key(
                        "inbound.debounceMs",
                        whole(0, 60_000),
                        0,
                        "How long to wait for more before answering, in milliseconds")
                .key("inbound.byChannel.*", whole(0, 60_000), "The same, for one channel")
                .key(
                        "groupChat.mentionPatterns",
                        texts(),
                        "What counts as a mention in groups; otherwise the agent's name")
                .key(
                        "groupChat.historyLimit",
                        atLeast(0),
                        50,
                        "Messages of a group that an agent sees")
                .key(
                        "ackReaction",
                        text(),
                        "The reaction that says a message was seen; empty for none")
                .key(
                        "ackReactionScope",
                        choice("group-mentions", "group-all", "direct", "all", "off", "none"),
                        "group-mentions",
                        "Which messages get it")
                .key("removeAckAfterReply", flag(), false, "Whether it goes away with the answer")
                .key("responsePrefix", text(), "What answers begin with");
    }

    private static Keys commands() {
        ValueType asKnown = anyOf(flag(), choice("auto"));
        return Keys.in("commands")
                .takes(NEXT_MESSAGE)
                .notUsedYet()
                .key(
                        "ownerAllowFrom",
                        ids(),
                        List.of(),
                        "Who owns the gateway, such as telegram:123456789")
                .key(
                        "allowFrom.*",
                        ids(),
                        "Who may use commands, by channel; \"*\" for all channels")
                .key("native", asKnown, "auto", "Whether commands stand in the channel's own menu")
                .key("nativeSkills", asKnown, "auto", "Whether skills stand there too")
                .key("text", flag(), true, "Whether messages that begin with / are commands")
                .key("restart", flag(), true, "Whether the owner may restart the gateway")
                .key("config", flag(), false, "Whether the owner may change the configuration");
    }
}
