package dev.evergate.server.hooks;

import dev.evergate.core.config.ConfigOverrides;
import dev.evergate.core.config.ConfigSnapshot.Hooks;
import dev.evergate.core.config.json5.Json5Text;
import dev.evergate.core.config.schema.ConfigReader;
import dev.evergate.core.config.source.ConfigSources;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.gateway.Gateway;
import dev.evergate.fuzz.Input;
import dev.evergate.fuzz.Target;
import dev.evergate.server.access.Peer;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.wire.Json;
import dev.evergate.server.wire.JsonText;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A payload makes an action or is refused, whatever a mapping's template asks of it; and no line of
 * a stranger looks like one of ours.
 */
public final class HookTarget implements Target {
    private static final String CONFIG =
            """
            { hooks: { enabled: true, token: 'secret-of-hooks-0', allowRequestSessionKey: true, mappings: [
            { match: { path: 'x' }, action: 'agent', name: '{{source}}', sessionKey: '{{a[0].b}}',
              messageTemplate: 'TEMPLATE' }] }, gateway: { auth: { token: 'secret-of-gateway' } } }""";
    private static final HttpHeadersFactory FREE =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private static final String MARK = "\n\n> ";

    private final Json json = new Json();
    private final Gateway gateway =
            (Gateway)
                    Proxy.newProxyInstance(
                            Gateway.class.getClassLoader(),
                            new Class<?>[] {Gateway.class},
                            (_, method, _) -> {
                                throw new AssertionError(method);
                            });
    private final Hooks hooks =
            hooks(
                    "{{messages[0].from}} {{payload.a.b}} {{headers.x}} {{query.q}} {{path}} {{now}}");

    private static Hooks hooks(String template) {
        ObjectNode tree = Json5Text.parse(CONFIG.replace("TEMPLATE", template)).tree();
        ConfigSources sources =
                new ConfigSources(
                        Path.of("/evergate.json"), Map.of(), tree, tree, "", Set.of(), List.of());
        return ConfigReader.read(sources, ConfigOverrides.NONE, 1, Optional.empty())
                .snapshot()
                .gateway()
                .http()
                .hooks();
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                Input.utf8(
                        "x\u0000q=1\u0000h\u0000{\"messages\":[{\"from\":\"a\"}],\"a\":{\"b\":[1]}}"),
                Input.utf8("wake\u0000\u0000\u0000{\"text\":\"t\",\"mode\":\"now\"}"),
                Input.utf8(
                        "agent\u0000\u0000\u0000{\"message\":\"a\\nb\\rc\\u2028d\",\"name\":\"\\\"\\u0007n\","
                                + "\"timeoutSeconds\":60,\"deliver\":true,\"channel\":\"last\",\"to\":\"x\"}"),
                Input.utf8("x\u0000%zz=%\u0000\u0000{\"source\":null,\"a\":[{\"b\":1e400}]}"),
                Input.utf8("{{a[999999].b}}\u0000\u0000\u0000{\"a\":99999999999999999999}"));
    }

    @Override
    public void take(byte[] input) {
        Input in = new Input(input);
        String name = in.line();
        String query = in.line();
        HttpHeaders headers = FREE.newHeaders();
        headers.set("x", in.line());
        JsonNode payload;
        try {
            payload = json.parse(JsonText.of(in.rest()));
        } catch (JacksonException refused) {
            return;
        }
        HttpHead head =
                new HttpHead(
                        "POST",
                        "/hooks/" + name,
                        query,
                        headers,
                        new Peer(
                                InetAddress.getLoopbackAddress(),
                                false,
                                true,
                                "",
                                Optional.empty()),
                        gateway);
        Template.Values values = new Template.Values(payload, head, name, 0);
        carryOut(() -> HookAction.wake(payload));
        carryOut(() -> HookAction.ask(payload, hooks.sessionKeys()));
        carryOut(() -> HookAction.mapped(hooks.mappings().getFirst(), values));
        var _ = Template.render(name.substring(0, Math.min(1000, name.length())), values);
    }

    private interface Reading {
        HookAction read();
    }

    private static void carryOut(Reading reading) {
        HookAction action;
        try {
            action = reading.read();
        } catch (EvergateException refused) {
            return;
        }
        if (action instanceof HookAction.Ask ask) {
            var _ = ask.options();
            String told = ask.told();
            String quoted = told.substring(told.indexOf(MARK) + 2);
            if (!ask.isTrusted() && !quoted.lines().allMatch(line -> line.startsWith("> "))) {
                throw new AssertionError("a stranger's line looks like ours: " + told);
            }
        }
    }

    @Override
    public int bytesPerByte() {
        return 2048;
    }
}
