package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.journal.AuditCheck;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.lifecycle.Phase;
import dev.evergate.store.AuditFile;
import dev.evergate.testkit.net.GatewayClient;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Two generations write one audit log, and whoever moves between them stays the same there. */
@Tag("S18")
final class AuditHandoverTest extends TwoGenerations {
    @Test
    void whatSomebodyDoesBeforeAndAfterARestartStandsInOneChain() throws Exception {
        GatewayAssembly one = first();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            var _ = client.call("system-event", "{\"text\":\"before\"}");
            var change = new Change(one, start(2, 1));
            change.complete();
            var _ = client.call("system-event", "{\"text\":\"after\"}");
            change.end(10_000);
            var _ = client.call("system-event", "{\"text\":\"at last\"}");
        }
        assemblies.removeFirst().stop(0, 0);

        Path data = StateDirectory.at(folder).data();
        try (AuditFile log = AuditFile.open(data, world)) {
            assertThat(AuditCheck.of(log, List.of()).findings()).isEmpty();
            List<AuditEntry> all = log.after(0, 1_000);
            List<AuditEntry> asked = of(all, "system-event");
            assertThat(asked)
                    .extracting(it -> it.note().generation())
                    .containsExactly(1L, 1L, 2L, 2L, 2L, 2L);
            assertThat(asked)
                    .extracting(it -> it.note().actor())
                    .containsOnly(asked.getFirst().note().actor());
            assertThat(asked.getFirst().note().actor().address()).isEqualTo("127.0.0.1");
            assertThat(of(all, "gateway.serve"))
                    .extracting(it -> it.note().act().target())
                    .containsExactly("generation=1", "generation=2");
            assertThat(of(all, "gateway.end"))
                    .extracting(it -> it.note().generation())
                    .containsExactly(1L, 2L);
            assertThat(of(all, "connect")).isNotEmpty();
        }
    }

    @Test
    void aLogThatWasCutWhileNobodyServedIsTold() throws Exception {
        GatewayAssembly one = first();
        try (GatewayClient client = GatewayClient.connect(url, TOKEN)) {
            var _ = client.call("system-event", "{\"text\":\"before\"}");
        }
        assemblies.removeFirst().stop(0, 0);
        one.close();
        Files.writeString(
                StateDirectory.at(folder).data().resolve("audit.head"), "9999 " + "f".repeat(64));

        GatewayAssembly next = start(2, 0);
        var _ = next.enter();
        next.moved(Phase.RUNNING);
        next.serve();

        Wait.until(() -> "a notice in " + ready(), () -> ready().contains("audit-broken"));
    }

    private String ready() {
        var request = HttpRequest.newBuilder(url.resolve("/readyz")).build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<AuditEntry> of(List<AuditEntry> all, String action) {
        return all.stream().filter(it -> it.note().act().action().equals(action)).toList();
    }
}
