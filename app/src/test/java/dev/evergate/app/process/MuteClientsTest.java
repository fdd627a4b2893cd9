package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.MuteCrowd;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A stop is never in the hands of the clients: not in one of a thousand, of whatever kind. */
@Tag("process")
@Tag("I2")
class MuteClientsTest {
    private static final int CLIENTS = 1_000;
    private static final long STOP_MS_MAX = 1_500;

    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    void stopsInTimeHoweverManyClientsAreMute() throws Exception {
        stopAgainAndAgain(3);
    }

    @Test
    @Tag("full")
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void stopsInTimeFiftyTimesOfFifty() throws Exception {
        stopAgainAndAgain(50);
    }

    private void stopAgainAndAgain(int rounds) throws Exception {
        List<Long> tookMs = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            tookMs.add(stopWithACrowd());
        }
        List<Long> sorted = tookMs.stream().sorted().toList();
        System.out.println("A stop with " + CLIENTS + " mute clients took " + sorted + " ms");
        assertThat(sorted).allSatisfy(ms -> assertThat(ms).isLessThanOrEqualTo(STOP_MS_MAX));
    }

    private long stopWithACrowd() throws IOException, InterruptedException {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port());
        try (var crowd = new MuteCrowd(address, gateway.token()).join(CLIENTS)) {
            assertThat(crowd.size()).isEqualTo(CLIENTS);

            long tookMs = Math.round(gateway.stopMs());

            assertThat(isBindable(address)).as("the port can be bound at once").isTrue();
            return tookMs;
        }
    }

    /** As every server binds, ours too: what is left of old connections is in nobody's way. */
    private static boolean isBindable(InetSocketAddress address) throws IOException {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
            return true;
        } catch (java.net.BindException _) {
            return false;
        }
    }
}
