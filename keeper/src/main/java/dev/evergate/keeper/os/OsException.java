package dev.evergate.keeper.os;

import java.io.IOException;
import java.io.Serial;
import java.util.Optional;

/**
 * A call into the operating system failed; the message names the call, what it was about and the
 * error number.
 *
 * <p>Thread-safety: immutable.
 */
public final class OsException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    OsException(String call, int errno) {
        this(call, "", errno);
    }

    OsException(String call, String subject, int errno) {
        super(call + (subject.isEmpty() ? "" : " " + subject) + ": " + describe(errno));
        this.call = call;
        this.errno = errno;
    }

    /** The C library's name of the call, for example {@code bind}. */
    public String call() {
        return call;
    }

    /** The raw error number. */
    public int errno() {
        return errno;
    }

    /** The named error, empty when {@link Errno} does not list it. */
    public Optional<Errno> error() {
        return Errno.of(errno);
    }

    /** Whether the call failed with exactly this error. */
    public boolean is(Errno expected) {
        return errno == expected.number();
    }

    /** The meaning alone, for sentences that already name the subject. */
    public String reason() {
        Optional<Errno> known = error();
        return known.isPresent() ? known.get().text() : "error " + errno;
    }

    private static String describe(int errno) {
        Optional<Errno> known = Errno.of(errno);
        return known.isPresent()
                ? known.get().text() + " (" + known.get().name() + " " + errno + ")"
                : "error " + errno;
    }
}
