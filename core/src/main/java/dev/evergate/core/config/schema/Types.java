package dev.evergate.core.config.schema;

import java.util.List;
import java.util.regex.Pattern;

/** The types that keys are declared with. */
final class Types {
    private Types() {}

    static ValueType flag() {
        return new ValueType.Flag();
    }

    static ValueType whole(long min, long max) {
        return new ValueType.Whole(min, max);
    }

    /** Fits an {@code int}. */
    static ValueType atLeast(long min) {
        return new ValueType.Whole(min, Integer.MAX_VALUE);
    }

    static ValueType decimal(double min, double max) {
        return new ValueType.Decimal(min, max);
    }

    static ValueType choice(String... texts) {
        return new ValueType.Choice(List.of(texts));
    }

    static ValueType secret() {
        return new ValueType.SecretText();
    }

    static ValueType httpUrl() {
        return new ValueType.HttpUrl();
    }

    static ValueType list(ValueType item) {
        return new ValueType.ListOf(item);
    }

    static ValueType anyOf(ValueType... types) {
        return new ValueType.AnyOf(List.of(types));
    }

    static ValueType anything() {
        return new ValueType.Anything();
    }

    static ValueType text() {
        return text("(?s).*", "a text", "some text");
    }

    static ValueType text(String form, String phrase, String sample) {
        return new ValueType.Text(Pattern.compile(form), phrase, sample);
    }

    /** A file or folder; {@code ~/} is the home folder. */
    static ValueType path() {
        return text("(?s).+", "a path", "~/some/path");
    }

    /** A place under the gateway's own address. */
    static ValueType urlPath() {
        return text("/[^\\s?#]*", "a path that begins with /", "/some/path");
    }

    /** A model by name. */
    static ValueType model() {
        return text("(?s)[^/]+/.+", "provider/model", "provider/model");
    }

    /** How long, as {@code 30m}; {@code 0m} for never. */
    static ValueType timespan() {
        return text("(\\d+(ms|s|m|h|d))+", "a time such as 30m, 24h or 7d", "30m");
    }

    /** A time of day, up to the end of the day as {@code 24:00}. */
    static ValueType timeOfDay() {
        return text("([01]\\d|2[0-3]):[0-5]\\d|24:00", "a time such as 08:30", "08:30");
    }

    /** A person, chat or group as its platform numbers it, or {@code *}. */
    static ValueType id() {
        return anyOf(text(), whole(Long.MIN_VALUE, Long.MAX_VALUE));
    }

    static ValueType texts() {
        return list(text());
    }

    static ValueType ids() {
        return list(id());
    }
}
