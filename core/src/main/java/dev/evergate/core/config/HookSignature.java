package dev.evergate.core.config;

import dev.evergate.api.Secret;

/**
 * {@code hooks.mappings[].signature}: how whoever calls a hook proves that the body is its own.
 *
 * @param secret what both sides know; {@code whsec_} and Base64, or as it is
 */
public record HookSignature(Form form, Secret secret) {
    /** The values of {@code hooks.mappings[].signature.form}. */
    public enum Form {
        /**
         * {@code webhook-id}, {@code -timestamp} and {@code -signature} (Standard Webhooks 1.0).
         */
        STANDARD,
        /** {@code X-Hub-Signature-256}, as GitHub sends it. */
        GITHUB
    }
}
