package dev.evergate.server.access;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What an operator connection may do (protocol v4 "Scopes"). */
public enum Scope {
    READ("operator.read", 1),
    WRITE("operator.write", 2),
    ADMIN("operator.admin", 4),
    APPROVALS("operator.approvals", 8),
    QUESTIONS("operator.questions", 16),
    PAIRING("operator.pairing", 32),
    TALK("operator.talk", 64),
    TALK_SECRETS("operator.talk.secrets", 128);

    private final String wireName;
    private final int bit;

    Scope(String wireName, int bit) {
        this.wireName = wireName;
        this.bit = bit;
    }

    public String wireName() {
        return wireName;
    }

    /** This scope as a bit of a mask. */
    int bit() {
        return bit;
    }

    /** The scope of that name; empty for one this release does not know. */
    static Optional<Scope> named(String wireName) {
        for (Scope scope : values()) {
            if (scope.wireName.equals(wireName)) {
                return Optional.of(scope);
            }
        }
        return Optional.empty();
    }

    /** Those of the names that this release knows, each once: nobody enforces another one. */
    static List<Scope> known(List<String> names) {
        return names.stream().flatMap(name -> named(name).stream()).distinct().toList();
    }

    /** Whether whoever holds the scopes of these names may do what {@code needed} is for. */
    public static boolean reaches(List<String> names, Scope needed) {
        return (mask(known(names)) & needed.bit) != 0;
    }

    /** The bits of everything these allow: admin covers all, write covers read and talk. */
    static int mask(Collection<Scope> scopes) {
        int mask = 0;
        for (Scope scope : scopes) {
            mask |= scope.reach();
        }
        return mask;
    }

    private int reach() {
        return switch (this) {
            case ADMIN -> -1;
            case WRITE -> bit | READ.bit | TALK.bit;
            case READ, APPROVALS, QUESTIONS, PAIRING, TALK, TALK_SECRETS -> bit;
        };
    }
}
