package dev.evergate.core.journal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * One line of the audit log: who did what, and what stood before it. Immutable.
 *
 * @param seq its place, from 1, without gaps
 * @param previous hash of the entry before, {@link #NOTHING} before the first
 * @param hash SHA-256 over all of it, in lower-case hex; see {@link #of}
 */
public record AuditEntry(long seq, Note note, String previous, String hash) {
    /** The hash that stands before the first entry. */
    public static final String NOTHING = "0".repeat(64);

    /** What the hash of an entry begins with, so that it is the hash of nothing else. */
    private static final String FORM = "evergate-audit-1";

    /**
     * Puts a note behind an entry. The hash covers {@value #FORM}, then each of {@code previous,
     * seq, atMs, generation, answers, method, device, user, client, connection, address, action,
     * target, scope, detail, result, times} as a netstring: the length of its UTF-8 bytes, a colon,
     * the bytes, a comma.
     */
    public static AuditEntry of(long seq, Note note, String previous) {
        return new AuditEntry(seq, note, previous, hash(seq, note, previous));
    }

    /** Whether nobody has changed it. */
    public boolean isWhole() {
        return hash.equals(hash(seq, note, previous));
    }

    /**
     * What is to be kept. Texts are cut to a bounded length, and characters that a terminal or a
     * log would obey are replaced.
     *
     * @param atMs wall clock, Unix milliseconds
     * @param generation that has written it
     * @param answers the entry whose outcome this is; 0 if it stands for itself
     * @param result {@link #ASKED}, {@link #OK}, or the code of what was in the way
     * @param times how often it happened within the minute before; 1 or more
     */
    public record Note(
            long atMs,
            long generation,
            long answers,
            Actor actor,
            Act act,
            String result,
            long times) {
        /** The result of what has been asked for and has not ended. */
        public static final String ASKED = "asked";

        /** The result of what was done. */
        public static final String OK = "ok";

        public Note {
            result = bounded(result);
        }
    }

    /**
     * Who it was, as far as is known; what is not is empty.
     *
     * @param method how it proved itself, such as {@code token}; or what it is, such as {@code
     *     file}
     * @param device id of a device that has proven its key
     * @param user whom a proxy speaks for
     * @param client what a client says it is
     * @param connection id of its WebSocket
     * @param address of the other end
     */
    public record Actor(
            String method,
            String device,
            String user,
            String client,
            String connection,
            String address) {
        public Actor {
            method = bounded(method);
            device = bounded(device);
            user = bounded(user);
            client = bounded(client);
            connection = bounded(connection);
            address = bounded(address);
        }

        /** The same on whichever connection. */
        public Actor anywhere() {
            return new Actor(method, device, user, client, "", address);
        }

        /** The gateway itself. */
        public static Actor system() {
            return new Actor("system", "", "", "", "", "");
        }
    }

    /**
     * What was asked for.
     *
     * @param action name of a method, a path or an event
     * @param target what it was done to, by its ids
     * @param scope that it takes; empty if none
     * @param detail more of it, for people; never a value somebody may want to hide
     */
    public record Act(String action, String target, String scope, String detail) {
        public Act {
            action = bounded(action);
            target = bounded(target);
            scope = bounded(scope);
            detail = bounded(detail);
        }
    }

    private static final int CHARS_MAX = 512;

    /** What is stored is what is hashed: nothing that a store would change on its way. */
    private static String bounded(String text) {
        int end = Math.min(text.length(), CHARS_MAX);
        boolean isPlain = text.length() == end;
        for (int i = 0; i < end && isPlain; i++) {
            isPlain = isPlain(text.charAt(i));
        }
        if (isPlain) {
            return text;
        }
        StringBuilder plain = new StringBuilder(end);
        for (int i = 0; i < end; i++) {
            plain.append(isPlain(text.charAt(i)) ? text.charAt(i) : '?');
        }
        return plain.toString();
    }

    private static boolean isPlain(char c) {
        return !Character.isISOControl(c)
                && !Character.isSurrogate(c)
                && Character.getType(c) != Character.FORMAT;
    }

    private static String hash(long seq, Note note, String previous) {
        Actor actor = note.actor();
        Act act = note.act();
        List<String> fields =
                List.of(
                        previous,
                        Long.toString(seq),
                        Long.toString(note.atMs()),
                        Long.toString(note.generation()),
                        Long.toString(note.answers()),
                        actor.method(),
                        actor.device(),
                        actor.user(),
                        actor.client(),
                        actor.connection(),
                        actor.address(),
                        act.action(),
                        act.target(),
                        act.scope(),
                        act.detail(),
                        note.result(),
                        Long.toString(note.times()));
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(FORM.getBytes(StandardCharsets.US_ASCII));
            for (String field : fields) {
                byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
                digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                digest.update(bytes);
                digest.update((byte) ',');
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
