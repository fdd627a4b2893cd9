package dev.evergate.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code evergate nodes}. */
class NodeCommandsTest {
    private static final String HALL = "404dcc17d70dc2c009e05152bfc291291d69ba66392a27b5";
    private static final String LISTING =
            """
            {'ts':1,'nodes':[{'nodeId':'%s','displayName':'Hall','platform':'linux',
              'caps':['system'],'commands':['system.which'],'approvalState':'pending-reapproval',
              'pendingRequestId':'r-1','pendingDeclaredCommands':['system.which','system.run'],
              'connected':true},
             {'nodeId':'8f0000','platform':'ios','commands':[],'approvalState':'approved',
              'lastSeenAtMs':1000,'connected':false}]}"""
                    .formatted(HALL);

    @TempDir static Path home = Path.of("");
    private CommandBench bench = new CommandBench(home);
    private FakeGateway gateway;

    NodeCommandsTest() throws IOException {
        gateway = new FakeGateway(bench.world);
    }

    @BeforeEach
    void serve() throws IOException {
        bench.close();
        bench = new CommandBench(Files.createTempDirectory(home, "home"));
        bench.serving(gateway.url());
        gateway.answers("node.list", LISTING);
    }

    @AfterEach
    void tearDown() throws IOException {
        gateway.close();
        bench.close();
    }

    private String scopes() {
        return gateway.calls("connect").getLast().path("scopes").toString();
    }

    @Test
    void showsWhatNodesCanBeAskedForAndWhatTheyOfferBeyondThat() {
        var result = bench.run("nodes", "list");

        assertThat(result.exit()).isZero();
        assertThat(result.answer())
                .containsPattern(
                        "404dcc17d70d +Hall, linux +yes +system\\.which +system\\.which, system\\.run"
                                + " +r-1")
                .containsPattern("8f0000 +ios +.* ago +nothing +- +-");
        assertThat(result.notes()).contains("evergate nodes approve r-1");
        assertThat(scopes()).isEqualTo("[\"operator.read\"]");
        assertThat(FakeLine.tree(bench.run("nodes", "--json").answer()))
                .isEqualTo(FakeLine.tree(LISTING));
    }

    @Test
    void saysThatThereAreNone() {
        gateway.answers("node.list", "{'nodes':[]}");

        assertThat(bench.run("nodes").answer()).isEqualTo("No device has come as a node.\n");
    }

    @Test
    void allowsWhatANodeOffersWithAllThatTakes() {
        gateway.answers("node.pair.approve", "{'requestId':'r-1','node':{}}");

        var result = bench.run("nodes", "approve", "r-1");

        assertThat(result.exit()).isZero();
        assertThat(result.answer()).startsWith("It can be asked");
        assertThat(scopes()).isEqualTo("[\"operator.admin\"]");
    }

    @Test
    void saysWhereToLookWhenNoNodeAsksUnderThatName() {
        gateway.on(
                "node.pair.reject",
                (line, request) ->
                        line.refused(request, "INVALID_REQUEST", "unknown requestId", ""));

        var result = bench.run("nodes", "reject", "r-9");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.notes())
                .contains("No node asks under r-9")
                .contains("evergate nodes list");
    }

    @Test
    void asksANodeByItsNameAndPrintsWhatItBrings() {
        gateway.answers(
                "node.invoke", "{'ok':true,'command':'system.which','payload':{'bin':'/bin/ls'}}");

        var result =
                bench.run(
                        "nodes",
                        "invoke",
                        "hall",
                        "system.which",
                        "--params",
                        "{\"name\":\"ls\"}",
                        "--key",
                        "k",
                        "--timeout",
                        "5s");

        assertThat(result.exit()).isZero();
        assertThat(FakeLine.tree(result.answer())).isEqualTo(FakeLine.tree("{'bin':'/bin/ls'}"));
        assertThat(gateway.calls("node.invoke").getFirst().toString())
                .isEqualTo(
                        """
                        {"params":{"name":"ls"},"nodeId":"%s","command":"system.which",\
                        "timeoutMs":5000,"idempotencyKey":"k"}"""
                                .formatted(HALL));
        assertThat(scopes()).isEqualTo("[\"operator.write\"]");
        assertThat(bench.run("nodes", "invoke", "hall", "x", "--params", "{").exit()).isEqualTo(2);
    }

    @Test
    void findsANodeByTheBeginningOfItsId() {
        gateway.answers("node.pair.remove", "{}");
        gateway.answers("node.rename", "{}");

        assertThat(bench.run("nodes", "remove", "404dcc").exit()).isZero();
        assertThat(bench.run("nodes", "rename", "8f", "Attic").answer())
                .isEqualTo("It is called Attic now.\n");
        assertThat(bench.run("nodes", "remove", "nobody").notes())
                .contains("No node is called nobody")
                .contains("evergate nodes list");

        assertThat(gateway.calls("node.pair.remove").getFirst().path("nodeId").asString())
                .isEqualTo(HALL);
        assertThat(gateway.calls("node.rename").getFirst().toString())
                .isEqualTo("{\"nodeId\":\"8f0000\",\"displayName\":\"Attic\"}");
    }
}
