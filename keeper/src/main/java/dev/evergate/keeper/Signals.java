package dev.evergate.keeper;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns signals into mail.
 *
 * <p>Thread-safety: handlers run on threads of the JVM and only post.
 */
final class Signals implements SignalHandler {
    /** The JVM uses USR2 itself unless this variable moves it to another signal. */
    static final String SUSPEND_SIGNAL_VARIABLE = "_JAVA_SR_SIGNUM";

    private static final String[] NAMES = {"TERM", "INT", "HUP", "USR1", "USR2"};

    private final Mailbox mailbox;

    private Signals(Mailbox mailbox) {
        this.mailbox = mailbox;
    }

    /** Installs the handlers and returns what could not be installed, for the log. */
    static List<String> install(Mailbox mailbox, boolean isSuspendSignalMoved) {
        List<String> problems = new ArrayList<>();
        Signals handler = new Signals(mailbox);
        for (String name : NAMES) {
            if (name.equals("USR2") && !isSuspendSignalMoved) {
                problems.add("USR2 is left to the JVM: " + SUSPEND_SIGNAL_VARIABLE + " is not set");
                continue;
            }
            try {
                Signal.handle(new Signal(name), handler);
            } catch (IllegalArgumentException e) {
                // INT in a background job or HUP under nohup: ignored by intent of who started us.
                problems.add(name + " cannot be handled: " + e.getMessage());
            }
        }
        return problems;
    }

    @Override
    public void handle(Signal signal) {
        mailbox.post(new Mailbox.Mail.Signalled(signal.getName()));
    }
}
