package dev.evergate.app.process;

import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.time.FairWatch;
import dev.evergate.testkit.time.Wait;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How long answers to a probe took, each on a new connection, in milliseconds, sorted.
 *
 * @param last the newest answer
 */
record ProbeTimes(List<Double> ms, RawClient.Answer last) {

    /** Asks {@code count} times, one after the other. */
    static ProbeTimes take(GatewayProcess gateway, String path, int count) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port());
        var last = new RawClient.Answer[1];
        List<Double> ms =
                IntStream.range(0, count)
                        .mapToObj(
                                _ -> {
                                    FairWatch watch = FairWatch.start();
                                    last[0] = ask(address, path);
                                    return watch.ms();
                                })
                        .sorted()
                        .toList();
        return new ProbeTimes(ms, last[0]);
    }

    private static RawClient.Answer ask(InetSocketAddress address, String path) {
        try (RawClient client = RawClient.connect(address, Wait.PATIENCE)) {
            return client.http("GET", path);
        } catch (IOException e) {
            throw new AssertionError("no answer to " + path + ": " + e, e);
        }
    }

    double medianMs() {
        return ms.get(ms.size() / 2);
    }

    double maxMs() {
        return ms.getLast();
    }

    @Override
    public String toString() {
        return "median %.1f ms, max %.1f ms".formatted(medianMs(), maxMs());
    }
}
