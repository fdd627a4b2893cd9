package dev.evergate.server.spi;

/**
 * Who this gateway is to others, for as long as its state directory exists.
 *
 * @param deviceId SHA-256 of the key, in lower-case hex
 * @param publicKey its raw Ed25519 key, base64url without padding
 */
public record GatewayKey(String deviceId, String publicKey) {}
