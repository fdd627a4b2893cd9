package dev.evergate.server;

import static dev.evergate.server.TestServer.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.testkit.net.RawClient;
import dev.evergate.testkit.time.FairWatch;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

class StopTest {
    private final TestServer server = new TestServer();
    private final List<RawClient> clients = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void stop() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        server.close();
        assertThat(server.faults).isEmpty();
    }

    private RawClient keep(RawClient client) {
        clients.add(client);
        return client;
    }

    @Test
    void tellsClientsBeforeItCloses() throws Exception {
        RawClient client = keep(server.admin());

        server.server.announceStop("gateway restarting", 1500);

        assertThat(event(client, "shutdown").path("payload").toString())
                .isEqualTo("{\"reason\":\"gateway restarting\",\"restartExpectedMs\":1500}");
        RawClient.Frame end = client.readClose();
        assertThat(end.closeCode()).isEqualTo(1012);
        assertThat(end.closeReason()).isEqualTo("service restart");
    }

    @Test
    void doesNotSendEverybodyBackAtOnce() throws Exception {
        for (int i = 0; i < 8; i++) {
            keep(server.admin());
        }

        server.server.announceStop("gateway restarting", 1500);

        Set<Long> advice = new HashSet<>();
        for (RawClient client : clients) {
            advice.add(event(client, "shutdown").at("/payload/restartExpectedMs").asLong(0));
        }
        assertThat(advice).hasSizeGreaterThanOrEqualTo(4).allMatch(ms -> ms >= 1500 && ms < 3000);
    }

    @Test
    void endsInBoundedTimeWithMuteClientsOfEveryKind() throws Exception {
        for (int i = 0; i < 50; i++) {
            keep(server.connect()); // connects and says nothing
            keep(server.connect()).send("GET / HTTP/1.1\r\nHos"); // half a head
            keep(server.connect()).sendUpgrade(); // does not read the answer
            keep(server.greeted()); // never sends connect
            keep(server.admin()); // does not answer a close frame
            keep(server.admin()).send(RawClient.frameHeader(1, 1000)); // half a frame
        }
        Wait.until("all have come in", () -> server.server.connections() == 200);

        FairWatch watch = FairWatch.start();
        server.server.stop(server.world.time().deadlineIn(5000));

        assertThat(watch.ms()).isLessThan(1500);
        assertThat(server.server.connections()).isZero();
        for (RawClient client : clients) {
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void leavesNobodyBehindWhoComesInWhileItStops() throws Exception {
        List<RawClient> late = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean isOver = new AtomicBoolean();
        Thread coming =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    while (!isOver.get()) {
                                        try {
                                            late.add(keep(server.connect()).sendUpgrade());
                                        } catch (IOException e) {
                                            server.faults.add(e); // nobody is refused
                                        }
                                    }
                                });
        try {
            keep(server.admin()); // so that the courtesy takes its time
            Wait.until("some have come", () -> late.size() > 20);

            server.server.stop(server.world.time().deadlineIn(20_000));
        } finally {
            isOver.set(true);
            coming.join();
        }

        assertThat(server.server.connections()).isZero();
        for (RawClient client : late) {
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void waitsForALoopThatIsOnlyLate() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        server.gateway.commandGate = release;
        for (int i = 0; i < 4; i++) {
            RawClient _ = keep(server.admin());
        }
        for (RawClient client : clients) {
            client.sendText("{\"type\":\"req\",\"id\":\"1\",\"method\":\"commands.list\"}");
        }
        Wait.until("both workers are busy", () -> server.gateway.commandWaiters.get() == 2);
        Thread.ofVirtual()
                .start(
                        () -> {
                            Wait.pause(1_200); // longer than the courtesy and a moment
                            release.countDown();
                        });

        server.server.stop(server.world.time().deadlineIn(20_000));

        assertThat(server.server.connections()).isZero();
    }

    @Test
    void obeysADeadlineThatIsShorterThanTheCourtesy() throws Exception {
        keep(server.admin());

        FairWatch watch = FairWatch.start();
        server.server.stop(server.world.time().deadlineIn(20));

        assertThat(watch.ms()).isLessThan(400);
    }

    @Test
    void endsAtOnceWhenClientsAnswer() throws Exception {
        RawClient client = keep(server.admin());
        server.server.announceStop("gateway stopping", 0);
        assertThat(client.readClose().closeCode()).isEqualTo(1012);
        client.sendClose();

        FairWatch watch = FairWatch.start();
        server.server.stop(server.world.time().deadlineIn(5000));

        assertThat(watch.ms()).isLessThan(300);
    }

    @Test
    @Tag("I13")
    void keepsTheDoorForProbesUntilTheEnd() throws Exception {
        server.server.stop(server.world.time().deadlineIn(1000));

        RawClient.Answer strict = keep(server.connect()).http("GET", "/healthz?strict=1");
        assertThat(strict.status()).isEqualTo(503);
        assertThat(strict.body()).startsWith("{\"live\":false,\"phase\":\"shutting_down\"");
        assertThat(keep(server.connect()).http("GET", "/healthz").status()).isEqualTo(200);
        RawClient.Answer ready = keep(server.connect()).http("GET", "/readyz");
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.body()).contains("\"failing\":[\"gateway-draining\"]");
        RawClient.Answer refused = keep(server.connect()).upgrade();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body()).contains("\"type\":\"unavailable\"");
        assertThat(keep(server.connect()).http("GET", "/").status()).isEqualTo(503);
    }
}
