package dev.evergate.server.http;

import dev.evergate.core.lifecycle.Phase;
import dev.evergate.core.lifecycle.Readiness;
import dev.evergate.core.time.Time;
import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.wire.Json;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

import tools.jackson.core.JsonGenerator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Health routes, answered from the published snapshot without waiting for anything (design
 * "Health"; I13, I14, I16). Thread-safe.
 */
final class Probes {
    private static final Logger log = LoggerFactory.getLogger(Probes.class);

    private static final Marker TOLD =
            MarkerFactory.getMarker("gateway.healthz.shutting_down_response");

    /** A snapshot older than this says nothing about now (I14). */
    private static final long STALE_NANOS = 5_000_000_000L;

    private final Supplier<Readiness> readiness;
    private final BooleanSupplier isStopping;
    private final BooleanSupplier isDeparting;
    private final BooleanSupplier isSuspended;
    private final Time time;
    private final Json json;

    /** Whether this shutdown has been told to a prober, and so to the log, already. */
    private final AtomicBoolean isEndTold = new AtomicBoolean();

    /**
     * @param isDeparting whether connections are being moved to a successor
     * @param isSuspended whether no request is taken, because somebody has asked for that
     */
    Probes(
            Supplier<Readiness> readiness,
            BooleanSupplier isStopping,
            BooleanSupplier isDeparting,
            BooleanSupplier isSuspended,
            Time time,
            Json json) {
        this.readiness = readiness;
        this.isStopping = isStopping;
        this.isDeparting = isDeparting;
        this.isSuspended = isSuspended;
        this.time = time;
        this.json = json;
    }

    /**
     * The answer, if {@code path} is a probe.
     *
     * @param query without the question mark
     * @param showsDetail whether the asker may see more than a verdict
     */
    Optional<HttpAnswer> answer(String method, String path, String query, boolean showsDetail) {
        boolean isKnown =
                switch (path) {
                    case "/healthz", "/health", "/readyz", "/ready", "/startupz" -> true;
                    default -> false;
                };
        if (!isKnown) {
            return Optional.empty();
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Optional.of(
                    HttpAnswer.text("405 Method Not Allowed", "Method Not Allowed")
                            .with("Allow: GET, HEAD"));
        }
        Readiness now = readiness.get();
        return Optional.of(
                switch (path) {
                    case "/healthz", "/health" -> live(now, isStrict(query));
                    case "/startupz" -> started(now);
                    default -> ready(now, showsDetail);
                });
    }

    private static boolean isStrict(String query) {
        return List.of(query.split("&")).contains("strict=1");
    }

    /** Of this gateway, from the first instant of a stop: the snapshot may be a moment behind. */
    private Phase phase(Readiness now) {
        if (isDeparting.getAsBoolean() && now.phase() != Phase.STARTING) {
            return Phase.HANDING_OVER; // this one may end: the gateway does not
        }
        boolean isEarlier = now.phase() != Phase.STOPPED;
        return isStopping.getAsBoolean() && isEarlier ? Phase.DRAINING : now.phase();
    }

    private HttpAnswer live(Readiness now, boolean isStrict) {
        Phase phase = phase(now);
        boolean isEnding = phase == Phase.DRAINING || phase == Phase.STOPPED;
        if (!isEnding) {
            isEndTold.set(false); // the next shutdown is another one
        }
        if (isStrict && isEnding) {
            tellEnd(now);
            return verdict(
                    false,
                    out -> {
                        out.writeBooleanProperty("live", false);
                        out.writeStringProperty("phase", Phase.DRAINING.wireName());
                        identity(out, now);
                    });
        }
        return verdict(
                true,
                out -> {
                    out.writeBooleanProperty("ok", true);
                    out.writeStringProperty("status", "live");
                    out.writeBooleanProperty("live", true);
                    out.writeStringProperty("phase", phase.wireName());
                    identity(out, now);
                });
    }

    private void tellEnd(Readiness now) {
        if (isEndTold.compareAndSet(false, true)) {
            log.info(TOLD, "Told a prober that generation {} shuts down", now.generation());
        }
    }

    private HttpAnswer started(Readiness now) {
        boolean isStarted = now.phase() != Phase.STARTING;
        return verdict(
                isStarted,
                out -> {
                    out.writeBooleanProperty("started", isStarted);
                    out.writeStringProperty("phase", phase(now).wireName());
                    identity(out, now);
                });
    }

    private HttpAnswer ready(Readiness now, boolean showsDetail) {
        Phase phase = phase(now);
        boolean isStale = time.nanos() - now.observedAtNanos() > STALE_NANOS;
        boolean isOver = now.phase() == Phase.DRAINING || now.phase() == Phase.STOPPED;
        List<String> failing = new ArrayList<>();
        if (isStale) {
            failing.add("health-stale");
        } else if (!isOver || phase != Phase.HANDING_OVER) { // else the successor can
            failing.addAll(now.failing());
        }
        if (isSuspended.getAsBoolean()) {
            failing.add("gateway-suspended");
        }
        List<String> notices = isStale ? List.of() : now.notices();
        switch (phase) {
            case STARTING -> addOnce(failing, "starting");
            case DRAINING, STOPPED -> addOnce(failing, "gateway-draining");
            case STANDBY, RUNNING, HANDING_OVER -> {}
        }
        return verdict(
                failing.isEmpty(),
                out -> {
                    out.writeBooleanProperty("ready", failing.isEmpty());
                    if (showsDetail) {
                        texts(out, "failing", failing);
                        texts(out, "notices", notices);
                    }
                    out.writeStringProperty("phase", phase.wireName());
                    identity(out, now);
                    long uptimeNanos = time.nanos() - now.startedAtNanos();
                    out.writeNumberProperty("uptimeMs", Math.max(0, uptimeNanos / 1_000_000));
                });
    }

    private static void addOnce(List<String> reasons, String reason) {
        if (!reasons.contains(reason)) {
            reasons.add(reason);
        }
    }

    private HttpAnswer verdict(boolean isGood, Json.Body fields) {
        byte[] body =
                json.encode(
                        out -> {
                            out.writeStartObject();
                            fields.write(out);
                            out.writeEndObject();
                        });
        return HttpAnswer.json(
                isGood ? "200 OK" : "503 Service Unavailable",
                new String(body, StandardCharsets.UTF_8));
    }

    private static void identity(JsonGenerator out, Readiness now) {
        out.writeNumberProperty("generation", now.generation());
        out.writeStringProperty("instance", now.instance());
        out.writeNumberProperty("epoch", now.epoch());
    }

    private static void texts(JsonGenerator out, String name, List<String> texts) {
        out.writeArrayPropertyStart(name);
        texts.forEach(out::writeString);
        out.writeEndArray();
    }
}
