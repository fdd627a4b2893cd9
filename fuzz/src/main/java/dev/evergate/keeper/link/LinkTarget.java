package dev.evergate.keeper.link;

import dev.evergate.fuzz.Input;
import dev.evergate.fuzz.Target;

import java.util.List;
import java.util.Map;

/**
 * A datagram is refused, or means the same after it was written again; so does what it asks for.
 */
public final class LinkTarget implements Target {
    /** Makes what a message says a value. */
    private interface Reader {
        Object read(LinkMessage message) throws LinkFormatException;
    }

    private static final Map<String, Reader> READERS =
            Map.ofEntries(
                    Map.entry(Word.HELLO, Hello::from),
                    Map.entry(Word.OPEN, Endpoint::from),
                    Map.entry(Word.RETIRE, Endpoint::from),
                    Map.entry(Word.LISTENER, Endpoint::from),
                    Map.entry(Word.REFUSED, Refusal::from),
                    Map.entry(Word.BEAT, Beat::from),
                    Map.entry(Word.WANT, Wish::from),
                    Map.entry(Word.COMMITTED, Committed::from),
                    Map.entry(Word.HANDED, Handed::from),
                    Map.entry(Word.REPORT, News::from),
                    Map.entry(Word.WELCOME, Welcome::from),
                    Map.entry(Word.STOP, StopOrder::from),
                    Map.entry(Word.GIVE, Order::from),
                    Map.entry(Word.TAKE, Order::from),
                    Map.entry(Word.RESULT, Outcome::from),
                    Map.entry(Word.OWNER, Owner::from));

    @Override
    public List<byte[]> seeds() {
        return List.of(
                new Hello(7, 4711, "0.1.0", 4, "abc").toMessage().encode(),
                new Welcome(7, "instance", "normal", 0, 6, 60_000).toMessage().encode(),
                new Beat("RUNNING", 12, Map.of("core", 3L, "loop-1", 250L)).toMessage().encode(),
                new StopOrder(10_000, StopOrder.STOP).toMessage().encode(),
                new Order(8, 30_000).toMessage(Word.GIVE).encode(),
                new Outcome("r-1", true, 8, "100 % \u00fc\n").toMessage().encode(),
                new Committed(12, 3).toMessage().encode(),
                new Handed(1000, 0, 4).toMessage().encode(),
                new Refusal(78, "no").toMessage().encode(),
                new Endpoint("control", "127.0.0.1", 18789).toMessage(Word.OPEN).encode(),
                Input.utf8("WANT\nlink=1\nkind=restart\nreason=x\nrequestId=r\ntarget=\n"),
                Input.utf8("EVENT\nlink=999999\nname=reload\nlater=%0A%25\n"));
    }

    @Override
    public void take(byte[] input) throws LinkFormatException {
        LinkMessage message;
        try {
            message = LinkMessage.decode(input);
        } catch (LinkFormatException refused) {
            return;
        }
        read(message);
        byte[] written;
        try {
            written = message.encode();
        } catch (IllegalArgumentException tooLong) {
            return; // bytes that are no UTF-8 have become longer
        }
        LinkMessage again = LinkMessage.decode(written);
        if (!again.equals(message)) {
            throw new AssertionError("%s became %s".formatted(message, again));
        }
    }

    private static void read(LinkMessage message) {
        Reader reader = READERS.get(message.word());
        if (reader == null) {
            return;
        }
        try {
            Object value = reader.read(message);
            if (!value.equals(reader.read(message))) {
                throw new AssertionError("%s has two meanings".formatted(message));
            }
        } catch (LinkFormatException refused) {
            // declared
        }
    }
}
