package dev.evergate.core.config.json5;

import tools.jackson.databind.JsonNode;

/** What values mean, whatever holds them. */
final class Values {
    private Values() {}

    /** Whether both would be written alike: 1 is 1, in how many bits it may be kept. */
    static boolean areSame(JsonNode one, JsonNode other) {
        return one.equals(Values::compare, other);
    }

    /** 0 if alike; there is no order. */
    private static int compare(JsonNode one, JsonNode other) {
        boolean alike;
        if (one.isIntegralNumber() && other.isIntegralNumber()) {
            alike = one.bigIntegerValue().equals(other.bigIntegerValue());
        } else if (one.isFloatingPointNumber() && other.isFloatingPointNumber()) {
            alike = Double.compare(one.doubleValue(), other.doubleValue()) == 0;
        } else {
            alike = one.equals(other);
        }
        return alike ? 0 : 1;
    }
}
