package dev.evergate.server.hooks;

import java.util.LinkedHashSet;
import java.util.Set;

/** The keys of the last events, so that one that is sent again is heard once. Thread-safe. */
final class RecentKeys {
    private static final int SIZE_MAX = 1000;

    private final Set<String> keys = new LinkedHashSet<>();

    synchronized boolean contains(String key) {
        return keys.contains(key);
    }

    synchronized void add(String key) {
        keys.add(key);
        if (keys.size() > SIZE_MAX) {
            keys.remove(keys.iterator().next());
        }
    }
}
