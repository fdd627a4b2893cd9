package dev.evergate.app.observe;

import com.sun.management.UnixOperatingSystemMXBean;

import dev.evergate.core.metric.Metric;
import dev.evergate.core.metric.Metric.Point;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;

/** What the JVM and the kernel know about this process. Stateless. */
final class ProcessMetrics {
    private ProcessMetrics() {}

    static List<Metric> read() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        List<Point> gcSeconds = new ArrayList<>();
        List<Point> gcCounts = new ArrayList<>();
        for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            gcSeconds.add(Point.of("gc", gc.getName(), gc.getCollectionTime() / 1e3));
            gcCounts.add(Point.of("gc", gc.getName(), gc.getCollectionCount()));
        }
        List<Metric> metrics = new ArrayList<>();
        metrics.add(
                new Metric.Gauge(
                        "evergate_heap_bytes",
                        "Heap of the Java virtual machine.",
                        List.of(
                                Point.of("state", "used", heap.getUsed()),
                                Point.of("state", "committed", heap.getCommitted()),
                                Point.of("state", "max", heap.getMax()))));
        metrics.add(
                new Metric.Counter(
                        "evergate_gc_seconds_total",
                        "Time spent in garbage collection.",
                        gcSeconds));
        metrics.add(
                new Metric.Counter(
                        "evergate_gc_collections_total", "Garbage collections.", gcCounts));
        metrics.add(
                Metric.gauge(
                        "evergate_threads",
                        "Platform threads.",
                        ManagementFactory.getThreadMXBean().getThreadCount()));
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean system) {
            metrics.add(
                    Metric.gauge(
                            "evergate_open_fds",
                            "Open file descriptors.",
                            system.getOpenFileDescriptorCount()));
            metrics.add(
                    Metric.gauge(
                            "evergate_max_fds",
                            "Open file descriptors at most.",
                            system.getMaxFileDescriptorCount()));
            metrics.add(
                    Metric.counter(
                            "evergate_cpu_seconds_total",
                            "Processor time of this generation.",
                            system.getProcessCpuTime() / 1e9));
        }
        return metrics;
    }
}
