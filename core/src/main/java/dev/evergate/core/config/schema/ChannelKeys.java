package dev.evergate.core.config.schema;

import static dev.evergate.core.config.plan.Effect.CHANNEL_ACCOUNT;
import static dev.evergate.core.config.plan.Effect.NEXT_MESSAGE;
import static dev.evergate.core.config.schema.Types.anything;
import static dev.evergate.core.config.schema.Types.atLeast;
import static dev.evergate.core.config.schema.Types.choice;
import static dev.evergate.core.config.schema.Types.decimal;
import static dev.evergate.core.config.schema.Types.flag;
import static dev.evergate.core.config.schema.Types.httpUrl;
import static dev.evergate.core.config.schema.Types.ids;
import static dev.evergate.core.config.schema.Types.model;
import static dev.evergate.core.config.schema.Types.path;
import static dev.evergate.core.config.schema.Types.secret;
import static dev.evergate.core.config.schema.Types.text;
import static dev.evergate.core.config.schema.Types.texts;
import static dev.evergate.core.config.schema.Types.urlPath;
import static dev.evergate.core.config.schema.Types.whole;

import java.util.List;

/** {@code channels}: chat apps, and who may write there. */
final class ChannelKeys {
    /** What holds for a channel holds for its accounts, unless they say otherwise. */
    private static final String TELEGRAM = "channels.telegram{,.accounts.*}";

    private ChannelKeys() {}

    static List<Keys> declared() {
        return List.of(
                all(),
                telegramAccounts(),
                telegram(),
                webhook(),
                access(),
                groups(),
                talk(),
                customCommands());
    }

    private static Keys all() {
        return Keys.in("channels")
                .takes(NEXT_MESSAGE)
                .notUsedYet()
                .key(
                        "defaults.groupPolicy",
                        groupPolicy(),
                        "allowlist",
                        "As groupPolicy, for channels that do not say")
                .key(
                        "defaults.contextVisibility",
                        choice("all", "allowlist", "allowlist_quote"),
                        "all",
                        "Whose messages around a message an agent sees")
                .key(
                        "defaults.heartbeat",
                        anything(),
                        "What channels show of heartbeats, as in OpenClaw")
                .key(
                        "modelByChannel.*.*",
                        model(),
                        "The model for one person, group or topic of a channel")
                .takes(CHANNEL_ACCOUNT)
                .key("*", anything(), "A channel that nothing here speaks, as in OpenClaw");
    }

    private static ValueType groupPolicy() {
        return choice("allowlist", "open", "disabled");
    }

    private static Keys telegramAccounts() {
        return Keys.in("channels.telegram")
                .takes(CHANNEL_ACCOUNT)
                .notUsedYet()
                .key(
                        "defaultAccount",
                        text(),
                        "default",
                        "The account that is meant when none is named");
    }

    private static Keys telegram() {
        return Keys.inWhole(TELEGRAM)
                .takes(CHANNEL_ACCOUNT)
                .notUsedYet()
                .key("enabled", flag(), true, "Whether it is connected")
                .key("name", text(), "Its name for people")
                .key(
                        "botToken",
                        secret(),
                        "The bot's token; otherwise TELEGRAM_BOT_TOKEN of the environment")
                .key("tokenFile", path(), "A file with the bot's token")
                .key(
                        "apiRoot",
                        httpUrl(),
                        "https://api.telegram.org",
                        "Where Telegram's Bot API is")
                .key("proxy", text(), "A proxy on the way there");
    }

    private static Keys webhook() {
        return Keys.in(TELEGRAM)
                .takes(CHANNEL_ACCOUNT)
                .notUsedYet()
                .key(
                        "webhookUrl",
                        httpUrl(),
                        "Where Telegram sends messages, instead of being asked")
                .key("webhookSecret", secret(), "What Telegram proves itself with there")
                .key(
                        "webhookPath",
                        urlPath(),
                        "/telegram-webhook",
                        "The place under the gateway's address that it is sent to");
    }

    private static Keys access() {
        return Keys.in(TELEGRAM)
                .takes(NEXT_MESSAGE)
                .notUsedYet()
                .key(
                        "dmPolicy",
                        choice("pairing", "allowlist", "open", "disabled"),
                        "pairing",
                        "Who may write to the bot directly")
                .key(
                        "allowFrom",
                        ids(),
                        List.of(),
                        "People who may, by number; \"*\" for everybody with dmPolicy \"open\"")
                .key("groupPolicy", groupPolicy(), "allowlist", "In which groups the bot answers")
                .key("groupAllowFrom", ids(), List.of(), "People it answers there");
    }

    private static Keys groups() {
        return Keys.in(TELEGRAM + ".groups.*{,.topics.*}")
                .takes(NEXT_MESSAGE)
                .notUsedYet()
                .key("enabled", flag(), true, "Whether the bot answers there")
                .key("requireMention", flag(), true, "Whether it has to be mentioned")
                .key("groupPolicy", groupPolicy(), "As groupPolicy, for this one")
                .key("allowFrom", ids(), "People it answers there")
                .key("skills", texts(), "Skills that it may use there")
                .key("systemPrompt", text(), "What the agent is told besides")
                .key("agentId", text(), "The agent that answers there");
    }

    private static Keys talk() {
        return Keys.in(TELEGRAM)
                .takes(NEXT_MESSAGE)
                .notUsedYet()
                .key(
                        "replyToMode",
                        choice("off", "first", "all", "batched"),
                        "off",
                        "Which parts of an answer quote the message")
                .key(
                        "streaming.mode",
                        choice("off", "partial", "block", "progress"),
                        "partial",
                        "What is seen of an answer while it is made")
                .key("textChunkLimit", whole(1, 4_096), 4_000, "Longest message, in characters")
                .key("mediaMaxMb", decimal(0, 2_000), 100, "Largest attachment, in MB")
                .key("historyLimit", atLeast(0), 50, "Messages of a group that an agent sees")
                .key("ackReaction", text(), "As messages.ackReaction, for this channel")
                .key("linkPreview", flag(), true, "Whether links in answers show a preview");
    }

    private static Keys customCommands() {
        return Keys.in(TELEGRAM + ".customCommands[]")
                .takes(NEXT_MESSAGE)
                .notUsedYet()
                .required(
                        "command",
                        text("/?[A-Za-z0-9_]{1,32}", "a name of letters, digits and _", "deploy"),
                        "A command for the bot's menu")
                .required(
                        "description",
                        text(".{1,256}", "a line of text", "Deploys it"),
                        "What the menu says of it");
    }
}
