package dev.evergate.server.access;

import java.util.Collection;
import java.util.Optional;

/** What an operator connection may do (protocol v4 "Scopes"). */
public enum Scope {
    READ("operator.read"),
    WRITE("operator.write"),
    ADMIN("operator.admin"),
    APPROVALS("operator.approvals"),
    QUESTIONS("operator.questions"),
    PAIRING("operator.pairing"),
    TALK("operator.talk"),
    TALK_SECRETS("operator.talk.secrets");

    private final String wireName;

    Scope(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    /** This scope as a bit of a mask. */
    int bit() {
        return 1 << ordinal();
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

    /** The bits of everything these names allow: admin covers all, write covers read and talk. */
    static int mask(Collection<String> wireNames) {
        int mask = 0;
        for (String name : wireNames) {
            mask |= named(name).map(Scope::reach).orElse(0);
        }
        return mask;
    }

    private int reach() {
        return switch (this) {
            case ADMIN -> -1;
            case WRITE -> bit() | READ.bit() | TALK.bit();
            case READ, APPROVALS, QUESTIONS, PAIRING, TALK, TALK_SECRETS -> bit();
        };
    }
}
