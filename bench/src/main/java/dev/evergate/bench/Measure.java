package dev.evergate.bench;

import dev.evergate.bench.host.Build;

/** One thing that is measured. */
public interface Measure {
    String name();

    /** Measures, and puts every figure into the report. */
    void run(Plan plan, Report report) throws Exception;

    /**
     * How much to measure.
     *
     * @param runs how often, where one run is short
     */
    record Plan(Build build, boolean isQuick, int runs) {
        /** Runs that take long each. */
        public int longRuns() {
            return isQuick ? 1 : Math.min(3, runs);
        }
    }
}
