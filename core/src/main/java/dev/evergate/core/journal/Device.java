package dev.evergate.core.journal;

import java.util.List;
import java.util.Optional;

/**
 * A client that proves who it is by a key: what it has been allowed, and what it asks for. One that
 * has neither is not known.
 *
 * @param id SHA-256 of the key, in hexadecimal
 * @param publicKey Ed25519, 32 bytes, base64url without padding
 * @param label what a person calls it; empty to call it as it calls itself
 * @param node what it may do for others; empty for one that has never come as a node
 */
public record Device(
        String id,
        String publicKey,
        Optional<Approval> approval,
        Optional<Request> request,
        String label,
        Optional<Node> node) {
    /** One that nobody has named, and that is no node. */
    public Device(
            String id, String publicKey, Optional<Approval> approval, Optional<Request> request) {
        this(id, publicKey, approval, request, "", Optional.empty());
    }

    /** One that nothing is known of. */
    public static Device unknown(String id, String publicKey) {
        return new Device(id, publicKey, Optional.empty(), Optional.empty());
    }

    public boolean isKnown() {
        return approval.isPresent() || request.isPresent();
    }

    /** What has been allowed in this role; empty if it may not take it. */
    public Optional<Role> role(String name) {
        return roles().stream().filter(role -> role.name().equals(name)).findFirst();
    }

    /** The roles it may take. */
    public List<Role> roles() {
        return approval.map(Approval::roles).orElse(List.of());
    }

    public Device with(Approval allowed) {
        return new Device(id, publicKey, Optional.of(allowed), request, label, node);
    }

    public Device with(Optional<Request> asked) {
        return new Device(id, publicKey, approval, asked, label, node);
    }

    /** The same under another name. */
    public Device named(String name) {
        return new Device(id, publicKey, approval, request, name, node);
    }

    public Device with(Node known) {
        return new Device(id, publicKey, approval, request, label, Optional.of(known));
    }

    /** The same without a role, and without what it may do in it. */
    public Device without(String role) {
        Optional<Node> left = node.filter(_ -> !role.equals(Node.ROLE));
        Device same = new Device(id, publicKey, approval, request, label, left);
        return same.withoutRole(role);
    }

    private Device withoutRole(String role) {
        return approval.map(
                        allowed ->
                                with(
                                        allowed.with(
                                                roles().stream()
                                                        .filter(r -> !r.name().equals(role))
                                                        .toList())))
                .orElse(this);
    }

    /** The same, seen now. */
    public Device seenAt(long atMs) {
        return approval.map(allowed -> with(allowed.seenAt(atMs))).orElse(this);
    }

    /**
     * What a device says about itself, and where it was; each may be empty.
     *
     * @param family kind of machine, such as {@code Linux}
     */
    public record Looks(
            String platform,
            String family,
            String clientId,
            String clientMode,
            String displayName,
            String remoteIp) {}

    /**
     * What a device may do. Times are wall clock.
     *
     * @param looks as they were allowed
     * @param via {@code owner} if a person has allowed it, {@code silent} if the shared secret on
     *     this machine has, {@code setup-code} if a code that a person has given away has
     */
    public record Approval(
            Looks looks,
            String via,
            long createdAtMs,
            long approvedAtMs,
            long lastSeenAtMs,
            List<Role> roles) {
        public static final String OWNER = "owner";
        public static final String SILENT = "silent";
        public static final String SETUP_CODE = "setup-code";

        public Approval {
            roles = List.copyOf(roles);
        }

        public Approval with(List<Role> allowed) {
            return new Approval(looks, via, createdAtMs, approvedAtMs, lastSeenAtMs, allowed);
        }

        public Approval seenAt(long atMs) {
            return new Approval(looks, via, createdAtMs, approvedAtMs, atMs, roles);
        }
    }

    /**
     * A role a device may take, and the token it may show for it.
     *
     * @param tokenSalt what the token is made of, with a key that is kept elsewhere
     * @param tokenHash SHA-256 of the token, in hexadecimal: the token itself is not kept
     */
    public record Role(
            String name, List<String> scopes, String tokenSalt, String tokenHash, long issuedAtMs) {
        public Role {
            scopes = List.copyOf(scopes);
        }
    }

    /** What a device asks for, until somebody answers. */
    public record Request(
            String id, Looks looks, String role, List<String> scopes, long askedAtMs) {
        public Request {
            scopes = List.copyOf(scopes);
        }

        /** Whether another one is for the same. */
        public boolean wants(Request other) {
            return looks.equals(other.looks)
                    && role.equals(other.role)
                    && scopes.equals(other.scopes);
        }
    }
}
