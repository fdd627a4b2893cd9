package dev.evergate.core.config.plan;

/** What it takes until a changed key is in force. Nothing but what it names is touched. */
public enum Effect {
    /** Read whenever it is needed; what is no longer allowed ends. */
    AT_ONCE(Kind.LIVE, "at once"),
    /** Turns that run keep what they began with. */
    NEXT_TURN(Kind.LIVE, "next turn"),
    NEXT_MESSAGE(Kind.LIVE, "next message"),
    NEXT_CALL(Kind.LIVE, "next call"),
    /** The new place is listened at first, then the old one is left. */
    LISTENER(Kind.REBUILD, "new listener, then the old one retires"),
    /** Connections that are open keep the certificate they began with. */
    TLS(Kind.REBUILD, "next connection"),
    /** Providers are opened beside those that turns still use. */
    MODELS(Kind.REBUILD, "providers, next turn"),
    TELEMETRY(Kind.REBUILD, "exporter"),
    LOGGING(Kind.REBUILD, "log"),
    /** That account alone. */
    CHANNEL_ACCOUNT(Kind.REBUILD, "account restart"),
    SCHEDULER(Kind.REBUILD, "scheduler"),
    /** Another process has to start; clients do not notice. */
    RESTART(Kind.RESTART, "gateway restart");

    private final Kind kind;
    private final String phrase;

    /** The three ways, as the reference and {@code config.schema.lookup} name them. */
    public enum Kind {
        LIVE,
        REBUILD,
        RESTART
    }

    Effect(Kind kind, String phrase) {
        this.kind = kind;
        this.phrase = phrase;
    }

    public Kind kind() {
        return kind;
    }

    /** As a plan shows it in brackets. */
    public String phrase() {
        return phrase;
    }
}
