package dev.evergate.server.move;

/**
 * One frozen connection: everything another server needs to go on with it. Immutable.
 *
 * <p>The body is opaque outside the server: session, unread input and unsent output.
 */
public final class Moving {
    private final String id;
    private final int descriptor;
    private final byte[] body;

    /**
     * @param id of the connection, which it keeps for life
     * @param descriptor of its socket: on the side it leaves, one that stays the server's own; on
     *     the side it reaches, one that {@link Arrivals#begin} makes the server's own
     * @param body as {@link #body} gave it on the other side; not to be changed any more
     */
    public Moving(String id, int descriptor, byte[] body) {
        this.id = id;
        this.descriptor = descriptor;
        this.body = body;
    }

    public String id() {
        return id;
    }

    public int descriptor() {
        return descriptor;
    }

    /** Shared: not to be changed. */
    public byte[] body() {
        return body;
    }
}
