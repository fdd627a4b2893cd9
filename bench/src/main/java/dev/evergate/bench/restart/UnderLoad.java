package dev.evergate.bench.restart;

import dev.evergate.bench.Report;
import dev.evergate.bench.Target;
import dev.evergate.bench.host.Build;
import dev.evergate.bench.host.Product;
import dev.evergate.bench.time.Clock;
import dev.evergate.testkit.crowd.Crowd;
import dev.evergate.testkit.crowd.CrowdPlan;
import dev.evergate.testkit.crowd.CrowdReport;
import dev.evergate.testkit.crowd.Fault;
import dev.evergate.testkit.crowd.Latencies;
import dev.evergate.testkit.crowd.Latencies.Figures;
import dev.evergate.testkit.crowd.Latencies.Window;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Restarts one after the other while a crowd talks, listens, stalls and arrives. */
final class UnderLoad {
    private static final int WORDS = 20;
    private static final long WORD_MS = 100;
    private static final int CONVERSATIONS = 3;
    private static final long WARM_MS = 10_000;

    /** What a restart leaves behind for a moment is not quiet yet. */
    private static final long AFTERMATH_MS = 300;

    private static final double ADDED_P99_MS = 50;

    private final RestartPlan plan;
    private final Build build;
    private final List<Window> restarting = new ArrayList<>();
    private final List<Window> quiet = new ArrayList<>();

    UnderLoad(RestartPlan plan, Build build) {
        this.plan = plan;
        this.build = build;
    }

    /** Whether nobody noticed anything. */
    boolean run(Report report) throws Exception {
        try (FakeOpenAi model = FakeOpenAi.start().always(ModelScript.words(WORDS, WORD_MS));
                Product product =
                        Product.start(
                                build,
                                plan.how(),
                                Product.newState(build, Optional.of(model.baseUrl())))) {
            URI url = URI.create("http://127.0.0.1:" + product.port());
            try (Crowd crowd = Crowd.gather(url, Product.TOKEN, crowd())) {
                say("%,d clients are in", plan.clients());
                Clock.pause(WARM_MS);
                Report.Section section = figures(report);
                footprint(section, "before", product);
                for (int i = 1; i <= plan.restarts(); i++) {
                    restart(i, product, crowd, section);
                }
                footprint(section, "after", product);
                CrowdReport seen = crowd.finish();
                judge(seen, section);
                section.close();
                seen.examples().forEach(text -> report.note("seen", text));
                return seen.isFlawless();
            }
        }
    }

    private CrowdPlan crowd() {
        return new CrowdPlan(
                plan.clients() - plan.stalled() - plan.listeners(),
                plan.listeners(),
                plan.stalled(),
                CONVERSATIONS,
                CrowdPlan.words(WORDS),
                Duration.ofSeconds(1),
                Duration.ofSeconds(15),
                Duration.ofMillis(2),
                Duration.ofMillis(50));
    }

    private void restart(int number, Product product, Crowd crowd, Report.Section section)
            throws Exception {
        long quietFrom = Clock.nanos();
        Clock.pause(plan.pauseMs());
        quiet.add(new Window(quietFrom, Clock.nanos()));
        Product.Restart restart = product.restart();
        restarting.add(new Window(restart.startedNanos(), Clock.nanos()));
        section.add("asked until the next one serves", restart.servedMs());
        section.add("asked until the one before is gone", restart.overMs());
        Clock.pause(AFTERMATH_MS);
        CrowdReport seen = crowd.soFar();
        say(
                "%3d of %d: serves after %,.0f ms, over after %,.0f ms; kept %d of %d, faults %s",
                number,
                plan.restarts(),
                restart.servedMs(),
                restart.overMs(),
                seen.kept(),
                seen.members(),
                seen.faults());
    }

    private static void footprint(Report.Section section, String when, Product product)
            throws Exception {
        Clock.pause(WARM_MS);
        section.add("descriptors of the keeper, " + when, product.keeperDescriptors());
        section.add("descriptors of the generation, " + when, product.generationDescriptors());
        section.add("memory of all processes (PSS), " + when, product.allKb() / 1024);
    }

    private Report.Section figures(Report report) {
        String title =
                "%d restarts, %,d clients (%d stalled, %d listening)%s"
                        .formatted(
                                plan.restarts(),
                                plan.clients(),
                                plan.stalled(),
                                plan.listeners(),
                                plan.isAlone() ? ", without a keeper" : "");
        Report.Section section = report.section(title);
        for (Fault fault : Fault.values()) {
            section.figure(word(fault), "", Target.atMost(0), "");
        }
        section.figure("WebSockets on another connection than before", "", Target.atMost(0), "")
                .figure("events told", "")
                .figure("turns", "")
                .figure("runs begun again", "", Target.atMost(0), "")
                .figure("requests told to come again", "")
                .figure("stalled clients that went on", "")
                .figure("asked until the next one serves", "ms")
                .figure("asked until the one before is gone", "ms");
        for (String what : List.of("calls", "GETs", "arrivals")) {
            section.figure(what + " p50, quiet", "ms")
                    .figure(what + " p99, quiet", "ms")
                    .figure(what + " max, quiet", "ms")
                    .figure(what + " p50, added by restarts", "ms")
                    .figure(what + " p99, added by restarts", "ms", Target.atMost(ADDED_P99_MS), "")
                    .figure(what + " max, added by restarts", "ms");
        }
        for (String when : List.of("before", "after")) {
            section.figure("descriptors of the keeper, " + when, "")
                    .figure("descriptors of the generation, " + when, "")
                    .figure("memory of all processes (PSS), " + when, "MiB");
        }
        return section;
    }

    private void judge(CrowdReport seen, Report.Section section) {
        for (Fault fault : Fault.values()) {
            section.add(word(fault), seen.count(fault));
        }
        section.add("WebSockets on another connection than before", seen.members() - seen.kept());
        section.add("events told", seen.events());
        section.add("turns", seen.turns());
        section.add("runs begun again", seen.resumed());
        section.add("requests told to come again", seen.retries());
        section.add("stalled clients that went on", seen.wakes());
        compare("calls", seen.calls(), section);
        compare("GETs", seen.visits(), section);
        compare("arrivals", seen.arrivals(), section);
    }

    private void compare(String what, Latencies latencies, Report.Section section) {
        Figures before = latencies.figures(quiet);
        Figures during = latencies.figures(restarting);
        section.add(what + " p50, quiet", before.p50());
        section.add(what + " p99, quiet", before.p99());
        section.add(what + " max, quiet", before.max());
        section.add(what + " p50, added by restarts", during.p50() - before.p50());
        section.add(what + " p99, added by restarts", during.p99() - before.p99());
        section.add(what + " max, added by restarts", during.max() - before.max());
    }

    private static String word(Fault fault) {
        return fault.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static void say(String format, Object... values) {
        System.out.println("    " + String.format(Locale.ROOT, format, values));
    }
}
