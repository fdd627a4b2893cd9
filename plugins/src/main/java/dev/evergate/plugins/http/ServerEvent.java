package dev.evergate.plugins.http;

/**
 * One server-sent event.
 *
 * @param name its {@code event} field; empty if it has none
 * @param data its {@code data} lines, joined by line feeds
 */
public record ServerEvent(String name, String data) {}
