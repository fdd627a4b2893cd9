package dev.evergate.testkit.crowd;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;

/** The runs a crowd has asked for, by number. Thread-safe. */
final class Runs {
    private final String name;
    private final String conversations;
    private final String answer;
    private final AtomicInteger asked = new AtomicInteger();
    private final BitSet acknowledged = new BitSet();

    /**
     * @param name makes keys and conversations of this crowd different from others
     * @param answer the whole text each run must end with
     */
    Runs(String name, String answer) {
        this.name = name;
        this.conversations = "agent:main:" + name + "-";
        this.answer = answer;
    }

    int next() {
        return asked.getAndIncrement();
    }

    String id(int number) {
        return name + "-" + number;
    }

    /** The number of a run; negative if it is not ours. */
    int number(String runId) {
        int at = name.length();
        if (runId.length() <= at + 1 || runId.charAt(at) != '-' || !runId.startsWith(name)) {
            return -1;
        }
        return Integer.parseInt(runId.substring(at + 1));
    }

    String answer() {
        return answer;
    }

    /** What every conversation's key begins with. */
    String conversations() {
        return conversations;
    }

    /** Whether it happened in one of our conversations. */
    boolean isAbout(Frame frame) {
        return frame.sessionKey.startsWith(conversations);
    }

    synchronized void acknowledge(int number) {
        acknowledged.set(number);
    }

    synchronized BitSet acknowledged() {
        return (BitSet) acknowledged.clone();
    }
}
