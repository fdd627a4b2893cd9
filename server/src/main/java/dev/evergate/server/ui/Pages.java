package dev.evergate.server.ui;

import dev.evergate.core.config.ConfigSnapshot.ControlUi;
import dev.evergate.server.access.Scope;
import dev.evergate.server.exchange.Admission;
import dev.evergate.server.exchange.Gatekeeper;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpHead;
import dev.evergate.server.rpc.Services;

import io.netty.handler.codec.http.QueryStringDecoder;

import tools.jackson.core.JsonGenerator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What browsers get: the control UI where a folder of it is configured, else one plain page.
 * Thread-safe; does not wait.
 */
public final class Pages {
    private static final String READING = "GET, HEAD";
    private static final String SETTINGS = "control-ui-config.json";
    private static final List<String> NOT_PAGES = List.of("api", "__openclaw__");

    private final Services services;
    private final Gatekeeper keeper;

    public Pages(Services services, Gatekeeper keeper) {
        this.services = services;
        this.keeper = keeper;
    }

    /** What becomes of a request that belongs to nobody else. */
    public Admission admit(HttpHead head) {
        ControlUi ui = head.gateway().config().gateway().controlUi();
        if (ui.isEnabled() && ui.root().isPresent()) {
            Optional<String> place = place(head.path(), ui.basePath());
            if (place.isPresent()) {
                return served(head, ui, place.get());
            }
        }
        if (!head.path().equals("/")) {
            return answered(HttpAnswer.notFound());
        }
        return answered(
                head.isGetOrHead()
                        ? HttpAnswer.text(
                                "200 OK", PlainPage.text(services.identity().version(), ui))
                        : HttpAnswer.unfitMethod(READING));
    }

    private Admission served(HttpHead head, ControlUi ui, String place) {
        if (NOT_PAGES.stream().anyMatch(n -> place.equals(n) || place.startsWith(n + "/"))) {
            return answered(HttpAnswer.notFound());
        }
        if (!head.isGetOrHead()) {
            return answered(HttpAnswer.unfitMethod(READING));
        }
        if (place.equals(SETTINGS)) {
            return keeper.reading(head, Scope.READ, call -> call.answer(settings(head, ui)));
        }
        StaticFiles files = new StaticFiles(new Site(ui.root().orElseThrow()), ui.basePath());
        return Admission.readingByAll(call -> files.answer(call, place));
    }

    /** What follows the base path, decoded and without the slash; empty if it is elsewhere. */
    private static Optional<String> place(String path, String basePath) {
        String below = path.equals(basePath) ? basePath + "/" : path;
        return Stream.of(below)
                .filter(p -> p.startsWith(basePath + "/"))
                .flatMap(p -> decoded(p.substring(basePath.length())).stream())
                .map(p -> p.substring(1))
                .findFirst();
    }

    private static Optional<String> decoded(String path) {
        try {
            return Optional.of(new QueryStringDecoder(path, StandardCharsets.UTF_8).path());
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /** What the control UI wants to know before it connects. */
    private HttpAnswer settings(HttpHead head, ControlUi ui) {
        byte[] body =
                services.json()
                        .encode(
                                out -> {
                                    out.writeStartObject();
                                    out.writeStringProperty("basePath", ui.basePath());
                                    out.writeStringProperty("assistantName", "Assistant");
                                    out.writeStringProperty(
                                            "assistantAgentId",
                                            head.gateway().config().agents().defaultId());
                                    out.writeStringProperty(
                                            "serverVersion", services.identity().version());
                                    whatThereIsNot(out);
                                    out.writeEndObject();
                                });
        return HttpAnswer.json("200 OK", body);
    }

    private static void whatThereIsNot(JsonGenerator out) {
        out.writeStringProperty("embedSandbox", "strict");
        out.writeBooleanProperty("allowExternalEmbedUrls", false);
        out.writeBooleanProperty("automaticallyFetchFavicons", false);
        out.writeBooleanProperty("communityInvite", false);
        out.writeBooleanProperty("terminalEnabled", false);
        out.writeBooleanProperty("cliAgentsEnabled", false);
        out.writeArrayPropertyStart("pluginFrameGrants");
        out.writeEndArray();
    }

    private static Admission answered(HttpAnswer answer) {
        return new Admission.Answered(answer);
    }
}
