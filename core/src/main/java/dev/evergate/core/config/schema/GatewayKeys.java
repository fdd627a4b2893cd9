package dev.evergate.core.config.schema;

import static dev.evergate.core.config.plan.Effect.AT_ONCE;
import static dev.evergate.core.config.plan.Effect.LISTENER;
import static dev.evergate.core.config.plan.Effect.TLS;
import static dev.evergate.core.config.schema.Types.anyOf;
import static dev.evergate.core.config.schema.Types.anything;
import static dev.evergate.core.config.schema.Types.atLeast;
import static dev.evergate.core.config.schema.Types.choice;
import static dev.evergate.core.config.schema.Types.flag;
import static dev.evergate.core.config.schema.Types.id;
import static dev.evergate.core.config.schema.Types.list;
import static dev.evergate.core.config.schema.Types.model;
import static dev.evergate.core.config.schema.Types.path;
import static dev.evergate.core.config.schema.Types.secret;
import static dev.evergate.core.config.schema.Types.text;
import static dev.evergate.core.config.schema.Types.texts;
import static dev.evergate.core.config.schema.Types.urlPath;
import static dev.evergate.core.config.schema.Types.whole;

import dev.evergate.core.config.RemotePictures;

import java.util.List;

/** {@code gateway} and {@code hooks}: where clients connect, and what they prove. */
final class GatewayKeys {
    private GatewayKeys() {}

    static List<Keys> declared() {
        return List.of(
                gateway(),
                auth(),
                trustedProxy(),
                rateLimit(),
                tls(),
                controlUi(),
                web(),
                images(),
                hooks(),
                mappings(),
                signatures());
    }

    private static Keys gateway() {
        ValueType address = text("[0-9A-Fa-f.:]+", "an address of this computer", "192.168.1.10");
        return Keys.in("gateway")
                .takes(LISTENER)
                .key("port", whole(1, 65_535), 18_789, "TCP port of everything that is served")
                .key(
                        "bind",
                        anyOf(choice("loopback", "lan", "tailnet", "auto", "custom"), address),
                        "loopback",
                        "Who can reach the port: this computer, or everybody on its networks")
                .key("customBindHost", address, "The address to listen on with bind \"custom\"")
                .takes(AT_ONCE)
                .key(
                        "trustedProxies",
                        list(
                                text(
                                        "[0-9A-Fa-f.:]+(/[1-9][0-9]{0,2})?",
                                        "an address, or a range such as \"10.0.0.0/24\"",
                                        "192.168.1.10")),
                        List.of(),
                        "Addresses of proxies whose forwarding headers are believed")
                .key(
                        "reload.mode",
                        choice("hybrid", "off"),
                        "hybrid",
                        "Whether a changed file comes into force by itself, or is only validated")
                .notUsedYet()
                .key(
                        "mode",
                        choice("local", "remote"),
                        "local",
                        "Where the gateway runs; \"remote\" is for clients")
                .key("remote.url", text(), "A gateway elsewhere that clients use")
                .key("remote.{token,password}", secret(), "What they prove themselves with there")
                .key(
                        "{nodes,push,roles,tailscale,terminal,tools}",
                        anything(),
                        "A part of OpenClaw");
    }

    private static Keys auth() {
        return Keys.inWhole("gateway.auth")
                .takes(AT_ONCE)
                .key(
                        "mode",
                        choice("token", "password", "trusted-proxy", "none"),
                        "token",
                        "How clients prove themselves; \"none\", not at all, is insecure")
                .key("token", secret(), "The secret with mode \"token\"; made at the first start")
                .key(
                        "password",
                        secret(),
                        "The secret with mode \"password\", and of local programs with \"trusted-proxy\"");
    }

    private static Keys trustedProxy() {
        ValueType header = text("[A-Za-z0-9-]+", "the name of a header", "x-forwarded-user-1");
        return Keys.inWhole("gateway.auth.trustedProxy")
                .takes(AT_ONCE)
                .key("userHeader", header, "The header in which the proxy names the user")
                .key(
                        "requiredHeaders",
                        list(header),
                        List.of(),
                        "Headers without which a request does not come from the proxy")
                .key(
                        "allowUsers",
                        texts(),
                        List.of(),
                        "Users that may come in; nobody named for everybody")
                .key(
                        "allowLoopback",
                        flag(),
                        false,
                        "Whether the proxy may run here, where every program can pass for it");
    }

    private static Keys rateLimit() {
        return Keys.inWhole("gateway.auth.rateLimit")
                .takes(AT_ONCE)
                .key(
                        "maxAttempts",
                        atLeast(1),
                        10,
                        "Wrong secrets that one address may send within the window")
                .key("windowMs", atLeast(1), 60_000, "Length of the window in milliseconds")
                .key(
                        "lockoutMs",
                        atLeast(1),
                        300_000,
                        "How long the address is refused afterwards, in milliseconds")
                .key(
                        "exemptLoopback",
                        flag(),
                        true,
                        "Whether this computer may be wrong as often as it likes");
    }

    private static Keys tls() {
        return Keys.inWhole("gateway.tls")
                .takes(TLS)
                .key("enabled", flag(), false, "Whether connections are encrypted")
                .key("certPath", path(), "PEM file: the certificate, then those that vouch for it")
                .key("keyPath", path(), "PEM file: the certificate's private key");
    }

    private static Keys controlUi() {
        return Keys.in("gateway.controlUi")
                .takes(AT_ONCE)
                .key(
                        "allowedOrigins",
                        texts(),
                        List.of(),
                        "Origins of pages that may connect besides the gateway's own")
                .key("enabled", flag(), true, "Whether the control UI is served")
                .key("basePath", urlPath(), "/", "Where the control UI is served")
                .key(
                        "root",
                        path(),
                        "The folder of the control UI's files; without one it is not served");
    }

    private static Keys web() {
        return Keys.in("gateway.http.endpoints")
                .takes(AT_ONCE)
                .key(
                        "chatCompletions.enabled",
                        flag(),
                        false,
                        "Whether /v1/chat/completions, /v1/models and /v1/embeddings are served")
                .key(
                        "responses.enabled",
                        flag(),
                        false,
                        "Whether /v1/responses, /v1/models and /v1/embeddings are served");
    }

    private static Keys images() {
        return Keys.inWhole("gateway.http.endpoints.{chatCompletions,responses}.images")
                .takes(AT_ONCE)
                .key(
                        "allowUrl",
                        flag(),
                        false,
                        "Whether pictures are fetched from the public addresses that a request names")
                .key(
                        "urlAllowlist",
                        list(
                                text(
                                        "(\\*\\.)?[^\\s*:/]+",
                                        "a host such as cdn.example.com or *.example.com",
                                        "cdn.example.com")),
                        List.of(),
                        "Hosts they are fetched from; nothing for all that are public")
                .key(
                        "allowedMimes",
                        list(text("[a-z]+/[a-z0-9.+-]+", "a type such as image/png", "image/png")),
                        RemotePictures.TYPES,
                        "Types that are taken; none but these four is")
                .key(
                        "maxBytes",
                        atLeast(1),
                        RemotePictures.BYTES_MAX,
                        "Largest picture, in bytes; larger ones than the default are never taken")
                .key("maxRedirects", whole(0, 20), 3, "How often a picture may be elsewhere")
                .key(
                        "timeoutMs",
                        whole(1, 120_000),
                        10_000,
                        "Longest time for one, in milliseconds");
    }

    private static Keys hooks() {
        return Keys.inWhole("hooks")
                .takes(AT_ONCE)
                .key("enabled", flag(), false, "Whether requests of other programs are accepted")
                .key(
                        "token",
                        secret(),
                        "What those programs prove themselves with; never the gateway's own secret")
                .key(
                        "path",
                        text(
                                "/[^\\s?#]*[^\\s?#/]",
                                "a path that begins with / and goes on",
                                "/some/path"),
                        "/hooks",
                        "Where requests are accepted")
                .key("maxBodyBytes", whole(1, 64 << 20), 262_144, "Longest request, in bytes")
                .key(
                        "allowedAgentIds",
                        texts(),
                        List.of("*"),
                        "Agents that a request may name; \"*\" for any")
                .key(
                        "defaultSessionKey",
                        text(),
                        "Session of requests that name none; missing for a new one each time")
                .key(
                        "allowRequestSessionKey",
                        flag(),
                        false,
                        "Whether a request may name its session")
                .key(
                        "allowedSessionKeyPrefixes",
                        texts(),
                        List.of(),
                        "What such names have to begin with; nothing for any")
                .notUsedYet()
                .key("presets", texts(), List.of(), "Mappings that come with OpenClaw")
                .key("transformsDir", path(), "Where scripts of mappings are")
                .key("{gmail,internal}", anything(), "A part of OpenClaw");
    }

    private static Keys signatures() {
        return Keys.in("hooks.mappings[].signature")
                .takes(AT_ONCE)
                .key(
                        "form",
                        choice("standard", "github"),
                        "standard",
                        "How the body is signed: as Standard Webhooks says, or as GitHub does it")
                .required(
                        "secret",
                        secret(),
                        "What it is signed with; it takes the place of the hooks' token");
    }

    private static Keys mappings() {
        return Keys.in("hooks.mappings[]")
                .takes(AT_ONCE)
                .key("match.path", text(), "What follows the hooks' path; nothing for any")
                .key("match.source", text(), "The \"source\" that a request names; nothing for any")
                .key(
                        "action",
                        choice("agent", "wake"),
                        "agent",
                        "Whether an agent answers, or is only told")
                .key("name", text(), "Who the message is from, for the agent")
                .key("agentId", text(), "The agent that answers")
                .key("sessionKey", text(), "The session it answers in")
                .key(
                        "messageTemplate",
                        text(),
                        "The message, with {{name}} for values of the request")
                .key("textTemplate", text(), "The same, with action \"wake\"")
                .key(
                        "allowUnsafeExternalContent",
                        flag(),
                        false,
                        "Whether the message is taken as the owner's own words")
                .key("model", model(), "A model for these messages alone")
                .key("thinking", text(), "How much the model thinks")
                .key("timeoutSeconds", atLeast(1), "Longest time for an answer, in seconds")
                .notUsedYet()
                .key("id", text(), "Name of the mapping for people")
                .key(
                        "wakeMode",
                        choice("now", "next-heartbeat"),
                        "now",
                        "When an agent that is told looks")
                .key("deliver", flag(), true, "Whether the answer goes to a channel")
                .key("channel", text(), "That channel")
                .key("to", id(), "Who it goes to there")
                .key("transform", anything(), "A script, as in OpenClaw");
    }
}
