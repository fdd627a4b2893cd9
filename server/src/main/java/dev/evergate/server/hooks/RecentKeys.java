package dev.evergate.server.hooks;

import java.util.LinkedHashMap;
import java.util.Map;

/** The keys of the last events, so that one that is sent again is heard once. Thread-safe. */
final class RecentKeys {
    private static final int SIZE_MAX = 1000;

    private final Map<String, Boolean> keys = new LinkedHashMap<>();

    /** False if it was there. */
    synchronized boolean add(String key) {
        boolean isNew = keys.putIfAbsent(key, true) == null;
        if (keys.size() > SIZE_MAX) {
            keys.remove(keys.keySet().iterator().next());
        }
        return isNew;
    }

    /** Forgets a key whose event came to nothing. */
    synchronized void remove(String key) {
        keys.remove(key);
    }
}
