package dev.evergate.core.config.source;

import java.util.Map;
import java.util.Set;

/** A place that secrets come from: one of {@code secrets.providers}. */
interface SecretProvider {
    /** What it says to each of these names; all of them are answered. */
    Map<String, Answer> look(Set<String> ids);

    /** What became of one name. */
    sealed interface Answer {
        record Value(String secret) implements Answer {
            @Override
            public String toString() {
                return "Value[hidden]";
            }
        }

        /**
         * There is none.
         *
         * @param reason for people; never a secret
         */
        record Missing(String reason) implements Answer {}

        /** The value, unless it is empty. */
        static Answer of(String value) {
            return value.isEmpty() ? new Missing("it is empty") : new Value(value);
        }
    }
}
