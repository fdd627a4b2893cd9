package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.MuteCrowd;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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
    void stopsInTimeFiftyTimesOfFifty() throws Exception {
        stopAgainAndAgain(50);
    }

    private void stopAgainAndAgain(int rounds) throws Exception {
        List<Long> tookMs = new ArrayList<>();
        List<Boolean> plainBinds = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            tookMs.add(stopWithACrowd(plainBinds));
        }
        String sorted = tookMs.stream().sorted().toList().toString();
        System.out.println("A stop with " + CLIENTS + " mute clients took " + sorted + " ms");
        System.out.println("bound without SO_REUSEADDR: " + plainBinds);
        assertThat(tookMs).allSatisfy(ms -> assertThat(ms).isLessThanOrEqualTo(STOP_MS_MAX));
    }

    private long stopWithACrowd(List<Boolean> plainBinds) throws IOException, InterruptedException {
        GatewayProcess gateway = gateways.startReady(GatewayProcess.launch());
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port());
        try (var crowd = new MuteCrowd(address, gateway.token()).join(CLIENTS)) {
            assertThat(crowd.size()).isEqualTo(CLIENTS);

            Duration took = gateway.timeToStop();

            plainBinds.add(isBindable(address, false));
            assertThat(isBindable(address, true)).isTrue();
            return took.toMillis();
        }
    }

    private static boolean isBindable(InetSocketAddress address, boolean reusing)
            throws IOException {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(reusing);
            socket.bind(address);
            return true;
        } catch (java.net.BindException _) {
            return false;
        }
    }
}
