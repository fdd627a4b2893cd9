package dev.evergate.app.structure;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

import java.io.PrintWriter;
import java.nio.charset.Charset;

/** Runs one test class, named by the argument, in a process of its own. */
final class ChosenTests {
    static final int SOME_FAILED = 10;
    private static final int ALL_PASSED = 11;
    private static final int NOTHING_RAN = 12;

    private ChosenTests() {}

    public static void main(String[] args) {
        var listener = new SummaryGeneratingListener();
        var request =
                LauncherDiscoveryRequestBuilder.request().selectors(selectClass(args[0])).build();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
        summary.printFailuresTo(out, 5);
        summary.printTo(out);
        System.exit(verdict(summary));
    }

    private static int verdict(TestExecutionSummary summary) {
        if (summary.getTotalFailureCount() > 0) {
            return SOME_FAILED;
        }
        return summary.getTestsSucceededCount() > 0 ? ALL_PASSED : NOTHING_RAN;
    }
}
