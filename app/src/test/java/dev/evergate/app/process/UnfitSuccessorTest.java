package dev.evergate.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.link.Outcome;
import dev.evergate.testkit.crowd.Crowd;
import dev.evergate.testkit.crowd.CrowdPlan;
import dev.evergate.testkit.crowd.CrowdReport;
import dev.evergate.testkit.model.FakeOpenAi;
import dev.evergate.testkit.model.ModelScript;
import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.process.Gateways;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** A successor that cannot serve says why before it has touched anything. */
@Tag("process")
@Tag("I6")
@Tag("I11")
class UnfitSuccessorTest {
    @RegisterExtension final Gateways gateways = new Gateways();

    @Test
    void isRefusedWithItsReasonAndTheGatewayServesOn() throws Exception {
        try (var model = FakeOpenAi.start().always(ModelScript.words(10, 50))) {
            GatewayProcess gateway =
                    gateways.startReady(GatewayProcess.launch().config(Configs.with(model)));
            long first = gateway.generationPid();
            Restarts restarts = new Restarts(gateway);
            Path store = gateway.stateDir().resolve("data/evergate.db");
            try (Crowd crowd = Crowd.gather(gateway.url(), gateway.token(), plan())) {
                long version = exchangeSchema(store, 9_999);
                assertRefused(restarts, "9999");
                assertThat(exchangeSchema(store, version)).isEqualTo(9_999);

                Path aside = store.resolveSibling("aside.db");
                Files.move(store, aside);
                assertRefused(restarts, "evergate.db");
                assertThat(store).doesNotExist();
                Files.move(aside, store);

                assertThat(gateway.generationPid()).isEqualTo(first);
                assertThat(restarts.askAndAwaitEnd().isGranted()).isTrue();
                CrowdReport seen = crowd.finish();
                assertThat(seen.isFlawless()).as(seen.toString()).isTrue();
            }
        }
    }

    private static CrowdPlan plan() {
        return new CrowdPlan(
                20,
                8,
                4,
                2,
                CrowdPlan.words(10),
                Duration.ofMillis(500),
                Duration.ofSeconds(3),
                Duration.ofMillis(10),
                Duration.ofMillis(100));
    }

    private static void assertRefused(Restarts restarts, String reason) throws IOException {
        Outcome outcome = restarts.askAndAwaitEnd();
        assertThat(outcome.isGranted()).as(outcome.toString()).isFalse();
        assertThat(outcome.message()).contains(reason);
    }

    /** Lets the store say that it is of this version, and returns what it said before. */
    private static long exchangeSchema(Path store, long version) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                Statement statement = connection.createStatement()) {
            long before = statement.executeQuery("PRAGMA user_version").getLong(1);
            statement.execute("PRAGMA user_version = " + version);
            return before;
        }
    }
}
