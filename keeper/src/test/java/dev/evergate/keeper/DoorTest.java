package dev.evergate.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evergate.keeper.GatewayPhase.Role;
import dev.evergate.keeper.link.Endpoint;
import dev.evergate.keeper.os.Os;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.TcpListener;
import dev.evergate.keeper.supervisor.ServiceManager;
import dev.evergate.keeper.supervisor.StoredListeners;
import dev.evergate.keeper.supervisor.Supervision;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

class DoorTest {
    private final Door door =
            new Door(
                    StoredListeners.take(
                            Map.of(),
                            1,
                            new ServiceManager(new Supervision(false, "", 0), _ -> {}),
                            _ -> {}));

    @BeforeEach
    void needsASupportedSystem() {
        assumeTrue(Os.isSupported());
    }

    @AfterEach
    void close() {
        door.close();
    }

    private Door.Answer.Held held(Endpoint endpoint) {
        return (Door.Answer.Held) door.open(endpoint, Role.MAIN);
    }

    /** Below the range from which the kernel takes ports for clients, and free on every address. */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (TcpListener probe = TcpListener.open("0.0.0.0", port, 1)) {
                return probe.port();
            } catch (OsException taken) {
                // the next one
            }
        }
    }

    @Test
    void theNextGenerationGetsTheSameSocket() {
        Endpoint anywhere = new Endpoint("control", "127.0.0.1", 0);
        Door.Answer.Held first = held(anywhere);

        door.forgetWishes();
        Door.Answer.Held second = held(anywhere);

        assertThat(second.listener()).isSameAs(first.listener());
        assertThat(second.actual().port()).isEqualTo(first.actual().port()).isPositive();
        assertThat(door.closeUnwanted()).isEmpty();
    }

    @Test
    void whatTheServingGenerationDoesNotWantIsClosed() throws Exception {
        Endpoint before = new Endpoint("control", "127.0.0.1", freePort());
        Endpoint after = new Endpoint("control", "127.0.0.1", 0);
        held(before);

        door.forgetWishes();
        held(after);

        assertThat(door.closeUnwanted()).containsExactly(before);
        assertThat(door.listeners()).hasSize(1);
        TcpListener.open("127.0.0.1", before.port(), 1).close();
    }

    @Test
    void anotherAddressOfThePortTakesTheOldOnesPlace() throws Exception {
        int port = freePort();
        held(new Endpoint("control", "127.0.0.1", port));

        door.forgetWishes();
        Door.Answer.Held wider = held(new Endpoint("control", "0.0.0.0", port));

        assertThat(wider.actual().port()).isEqualTo(port);
        assertThat(door.listeners()).hasSize(1);
    }

    @Test
    void whatASuccessorWantsIsHeldBesideWhatServesUntilOneOfThemCounts() throws Exception {
        int port = freePort();
        Endpoint narrow = new Endpoint("control", "127.0.0.1", port);
        Endpoint wide = new Endpoint("control", "0.0.0.0", port);
        Door.Answer.Held serving = held(narrow);

        door.open(wide, Role.BESIDE);
        assertThat(door.listeners()).hasSize(2);
        assertThat(door.giveUpBeside()).containsExactly(wide);
        assertThat(door.listeners()).containsExactly(serving.listener());

        Door.Answer.Held next = (Door.Answer.Held) door.open(wide, Role.BESIDE);
        door.promote();
        assertThat(door.closeUnwanted()).containsExactly(narrow);
        assertThat(door.listeners()).containsExactly(next.listener());
        assertThat(next.actual().port()).isEqualTo(port);
    }

    @Test
    void aGenerationThatServesMovesToAnotherAddressOfThePort() throws Exception {
        int port = freePort();
        Endpoint narrow = new Endpoint("control", "127.0.0.1", port);
        Endpoint wide = new Endpoint("control", "0.0.0.0", port);
        held(narrow);

        Door.Answer.Held next = held(wide);
        assertThat(door.listeners()).hasSize(2);
        door.retire(narrow, Role.MAIN);

        assertThat(door.listeners()).containsExactly(next.listener());
        assertThat(door.closeUnwanted()).isEmpty();
    }

    @Test
    void whatBothWantIsClosedForNeither() {
        Endpoint control = new Endpoint("control", "127.0.0.1", 0);
        Door.Answer.Held first = held(control);
        door.open(control, Role.BESIDE);

        door.retire(control, Role.MAIN);
        assertThat(door.listeners()).containsExactly(first.listener());
        held(control);
        assertThat(door.giveUpBeside()).isEmpty();
        assertThat(door.listeners()).containsExactly(first.listener());
        door.retire(control, Role.MAIN);
        assertThat(door.listeners()).isEmpty();
    }

    @Test
    void aPortHeldBySomebodyElseIsLeftToThem() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
            Endpoint taken = new Endpoint("control", "127.0.0.1", other.getLocalPort());

            Door.Answer.Failed failed = (Door.Answer.Failed) door.open(taken, Role.MAIN);

            assertThat(failed.cannot().reason()).isEqualTo("address already in use");
            assertThat(failed.cannot().holder())
                    .endsWith("(pid " + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void saysWhatIsWrongWithAnAddress() {
        Endpoint elsewhere = new Endpoint("control", "192.0.2.1", 0);
        Endpoint name = new Endpoint("control", "example", 0);

        assertThat(((Door.Answer.Failed) door.open(elsewhere, Role.MAIN)).cannot().reason())
                .isEqualTo("no such address on this machine");
        assertThat(((Door.Answer.Failed) door.open(name, Role.MAIN)).cannot().reason())
                .isEqualTo("address: 'example' (expected: an IPv4 or IPv6 address)");
    }
}
