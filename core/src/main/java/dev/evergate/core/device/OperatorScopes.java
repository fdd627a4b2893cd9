package dev.evergate.core.device;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Which scope contains which (protocol v4 "Device tokens"). Stateless. */
public final class OperatorScopes {
    public static final String ADMIN = "operator.admin";
    private static final String WRITE = "operator.write";
    private static final String PREFIX = "operator.";
    private static final Set<String> OF_WRITE = Set.of("operator.read", "operator.talk");

    private OperatorScopes() {}

    /** The first wanted scope that the granted ones do not contain; empty if they contain all. */
    public static Optional<String> missing(Collection<String> granted, Collection<String> wanted) {
        return wanted.stream().filter(scope -> !contain(granted, scope)).findFirst();
    }

    private static boolean contain(Collection<String> granted, String scope) {
        return granted.contains(scope)
                || (granted.contains(ADMIN) && scope.startsWith(PREFIX))
                || (granted.contains(WRITE) && OF_WRITE.contains(scope));
    }

    /** Both together, each scope once. */
    static List<String> union(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).distinct().toList();
    }
}
