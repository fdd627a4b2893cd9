package dev.evergate.server.rpc;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Usage;
import dev.evergate.server.wire.Params;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/**
 * Which days are meant: {@code startDate} and {@code endDate}, a {@code range}, or the last {@code
 * days}; where a day begins: UTC, here, or as {@code utcOffset} or {@code timeZone} say.
 *
 * @param first and {@code last} belong to it
 * @param offset the zone's at the end: a day at which clocks change is not cut exactly
 */
record UsageDays(LocalDate first, LocalDate last, ZoneOffset offset) {
    private static final int DAYS_DEFAULT = 30;
    private static final int DAYS_MAX = 3_660;
    private static final Set<String> RANGES = Set.of("7d", "30d", "90d", "1y", "all");
    private static final Set<String> MODES = Set.of("utc", "gateway", "specific");

    /**
     * @throws EvergateException INVALID_REQUEST
     */
    static UsageDays of(Params params, long nowMs) {
        Instant now = Instant.ofEpochMilli(nowMs);
        ZoneOffset offset = zone(params).getRules().getOffset(now);
        LocalDate today = now.atOffset(offset).toLocalDate();
        LocalDate last = date(params, "endDate").orElse(today);
        LocalDate first = date(params, "startDate").orElse(last.minusDays(days(params) - 1L));
        if (first.isAfter(last)) {
            throw invalid("startDate %s is after endDate %s".formatted(first, last));
        }
        if (ChronoUnit.DAYS.between(first, last) >= DAYS_MAX) {
            throw invalid(
                    "%s to %s is too long (expected: at most %d days)"
                            .formatted(first, last, DAYS_MAX));
        }
        return new UsageDays(first, last, offset);
    }

    private static int days(Params params) {
        if (params.has("range")) {
            return switch (params.oneOf("range", RANGES)) {
                case "7d" -> 7;
                case "90d" -> 90;
                case "1y" -> 365;
                case "all" -> DAYS_MAX;
                default -> DAYS_DEFAULT;
            };
        }
        return (int) params.optionalInteger("days", 1, DAYS_MAX).orElse(DAYS_DEFAULT);
    }

    private static ZoneId zone(Params params) {
        String mode = params.has("mode") ? params.oneOf("mode", MODES) : "utc";
        if (mode.equals("gateway")) {
            return ZoneId.systemDefault();
        }
        if (mode.equals("utc")) {
            return ZoneOffset.UTC;
        }
        Optional<String> name =
                params.optionalName("timeZone").or(() -> params.optionalName("utcOffset"));
        try {
            return name.map(ZoneId::of).orElse(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw invalid(
                    "time zone %s is not known (expected: a name as Europe/Berlin, or an offset as UTC+2)"
                            .formatted(name.get()));
        }
    }

    private static Optional<LocalDate> date(Params params, String name) {
        try {
            return params.optionalName(name).map(LocalDate::parse);
        } catch (DateTimeException e) {
            throw invalid(
                    "%s %s is no date (expected: YYYY-MM-DD)"
                            .formatted(name, params.optionalName(name).orElse("")));
        }
    }

    private static EvergateException invalid(String message) {
        return new EvergateException(ErrorCode.INVALID_REQUEST, message);
    }

    long count() {
        return ChronoUnit.DAYS.between(first, last) + 1;
    }

    Usage.Span span() {
        return new Usage.Span(
                first.atStartOfDay().toInstant(offset).toEpochMilli(),
                last.plusDays(1).atStartOfDay().toInstant(offset).toEpochMilli(),
                offset.getTotalSeconds() * 1_000L);
    }
}
