package dev.evergate.testkit.crowd;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One new connection with one request for the gateway's health. */
final class Visitor implements Wire.End {
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final String PUT_OFF = "HTTP/1.1 503 ";
    private static final String END = "end of stream";
    private static final String AFTER = " after ";
    private static final String ANSWERED = "answered ";

    private final Venue venue;
    private final long beganNanos = System.nanoTime();
    private final StringBuilder answer = new StringBuilder();
    private Optional<Wire> wire = Optional.empty();

    private Visitor(Venue venue) {
        this.venue = venue;
    }

    static void send(Venue venue) {
        Visitor visitor = new Visitor(venue);
        venue.came();
        try {
            Wire wire = Wire.open(venue.loop(), venue.source(), venue.address(), false, visitor);
            visitor.wire = Optional.of(wire);
            venue.loop().after(PATIENCE_NANOS, visitor::giveUp);
        } catch (IOException e) {
            venue.went();
            fail(venue.account(), "GET", e.toString(), Optional.of(e));
        }
    }

    private void giveUp() {
        if (!wire.map(Wire::isEnded).orElse(true)) {
            wire.ifPresent(Wire::close);
            venue.went();
            fail(venue.account(), "GET", "no answer in 30 seconds", Optional.empty());
        }
    }

    @Override
    public void connected() {
        String request =
                "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
                        .formatted(venue.address().getPort());
        wire.ifPresent(open -> open.send(request.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public void bytes(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        answer.append(new String(bytes, StandardCharsets.ISO_8859_1));
        int body = answer.indexOf("\r\n\r\n");
        if (body > 0 && answer.charAt(answer.length() - 1) == '}') {
            wire.ifPresent(Wire::close);
            judge();
        }
    }

    private void judge() {
        venue.went();
        if (answer.indexOf("HTTP/1.1 200 ") == 0) {
            venue.account().visits.add(beganNanos, System.nanoTime());
            return;
        }
        fail(venue.account(), "GET", ANSWERED + answer, Optional.empty());
    }

    @Override
    public void ended(Optional<IOException> why) {
        venue.went();
        String how = why.map(IOException::toString).orElse(END);
        String said = answer.isEmpty() ? "" : AFTER + "'" + answer + "'";
        fail(venue.account(), "GET", how + said, why);
    }

    /** Sorts the failure of a connection that was to be made. */
    static void fail(Account account, String what, String how, Optional<IOException> why) {
        Fault kind = Fault.FAILED;
        if (why.isPresent() && why.get() instanceof ConnectException) {
            kind = Fault.REFUSED;
        } else if ((how.startsWith(END) && !how.contains(AFTER))
                || how.contains("reset")
                || how.contains("Broken pipe")) {
            kind = Fault.CUT;
        } else if (how.startsWith(Guest.NO_UPGRADE + PUT_OFF)
                || (how.startsWith(ANSWERED + PUT_OFF) && how.contains("Retry-After: "))) {
            kind = Fault.PUT_OFF;
        }
        account.fault(kind, what + ": " + how);
    }
}
