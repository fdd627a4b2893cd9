package dev.evergate.server;

import static dev.evergate.server.TestServer.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.server.Guest.Visit;
import dev.evergate.testkit.net.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicBoolean;

/** What is taken back while it is being given is not given. */
@Tag("I38")
class WithdrawalTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(server.faults).isEmpty();
    }

    @Test
    void aDeviceThatIsRemovedWhileItIsLetInIsNotLetIn() throws Exception {
        Guest guest = Guest.local("operator.read");
        String token;
        try (Visit visit = guest.visit(server)) {
            token = visit.token();
        }
        var isFirst = new AtomicBoolean(true);
        server.gateway.onDeviceKey =
                () -> {
                    if (isFirst.getAndSet(false)) { // its token is right, it is about to be told
                        boolean isThere = server.gateway.pairing().remove(guest.id(), () -> {});
                        assertThat(isThere).isTrue();
                    }
                };

        try (Visit visit = guest.showing("token", token).visit(server)) {
            assertThat(visit.detail()).isEqualTo("AUTH_TOKEN_MISMATCH");
        }
        assertThat(isFirst).isFalse();
    }

    @Test
    void aDecisionThatNothingWasTakenBackFromStands() throws Exception {
        Guest other = Guest.local("operator.read");
        try (Visit _ = other.visit(server)) {
            Guest guest = Guest.local("operator.read");
            server.gateway.onDeviceKey =
                    () -> {
                        server.gateway.onDeviceKey = () -> {};
                        boolean _ = server.gateway.pairing().remove(other.id(), () -> {});
                    };

            try (Visit visit = guest.visit(server);
                    RawClient owner = server.admin()) {
                assertThat(visit.token()).hasSize(43); // looked at twice, with the same end
                assertThat(call(owner, "health", "{}").path("ok").asBoolean()).isTrue();
            }
        }
    }
}
