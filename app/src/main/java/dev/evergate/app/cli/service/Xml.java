package dev.evergate.app.cli.service;

/** Text as it may stand in XML. */
final class Xml {
    private Xml() {}

    static String text(String plain) {
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
