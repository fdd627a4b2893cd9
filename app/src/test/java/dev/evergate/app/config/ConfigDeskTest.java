package dev.evergate.app.config;

import static dev.evergate.app.config.DeskBench.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.core.config.history.Entry;
import dev.evergate.core.config.history.Entry.Origin;
import dev.evergate.core.config.history.Entry.State;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What becomes of a file that is edited. */
class ConfigDeskTest {
    @TempDir Path folder;
    private Optional<DeskBench> opened = Optional.empty();

    @AfterEach
    void close() {
        opened.ifPresent(
                bench -> {
                    bench.close();
                    assertThat(bench.faults).isEmpty();
                });
    }

    private DeskBench bench(String more) throws Exception {
        DeskBench bench = new DeskBench(folder, text(more));
        opened = Optional.of(bench);
        return bench;
    }

    @Test
    @Tag("S18")
    void everyChangeHasAWitnessWhoIsToldNoValues() throws Exception {
        DeskBench bench = bench("").open();
        String before = bench.hash();

        bench.write(text("agents: { defaults: { maxConcurrent: 3 } }"));
        bench.awaitPlans(1);
        bench.settle();

        assertThat(bench.witnessed)
                .extracting(it -> it.kept().by())
                .containsExactly(Origin.START, Origin.FILE);
        assertThat(bench.witnessed.getLast().before()).isEqualTo(before);
        assertThat(bench.witnessed.getLast().after()).isEqualTo(bench.hash());
        assertThat(bench.witnessed.toString()).doesNotContain("s3cret-canary");
    }

    @Test
    @Tag("I33")
    void whatIsDifferentIsPlannedKeptAndInForceAndNothingElse() throws Exception {
        DeskBench bench = bench("").open();

        bench.write(text("agents: { defaults: { maxConcurrent: 3 } }"));
        bench.awaitPlans(1);
        bench.settle();

        assertThat(bench.plans).containsExactly("agents.defaults.maxConcurrent (next turn)");
        assertThat(bench.inForce.agents().maxConcurrent()).isEqualTo(3);
        assertThat(bench.inForce.generation()).isEqualTo(2);
        assertThat(bench.events).hasSize(1);
        assertThat(bench.events.getFirst().plan())
                .isEqualTo("config 1 -> 2 by file: agents.defaults.maxConcurrent (next turn)");
        assertThat(bench.events.getFirst().hash()).isEqualTo(bench.hash());
        assertThat(bench.tells("config 1 -> 2 by file")).isTrue();
        assertThat(bench.states()).containsExactly(State.APPLIED, State.PROVEN);
        assertThat(bench.history.contents().kept().getFirst().by()).isEqualTo(Entry.Origin.FILE);
    }

    @Test
    @Tag("I37")
    void wordsThatMeanTheSameChangeNothing() throws Exception {
        DeskBench bench = bench("").open();

        bench.write("// another comment\n" + text("agents: {}"));
        bench.desk.reload();
        bench.settle();
        bench.write(text(""));
        bench.desk.reload();
        bench.settle();

        assertThat(bench.plans).isEmpty();
        assertThat(bench.events).isEmpty();
        assertThat(bench.states()).hasSize(1);
    }

    @Test
    @Tag("I37")
    void aBurstOfEditsIsFewSwitchesAndEndsWithTheLast() throws Exception {
        DeskBench bench = bench("").open();

        for (int i = 1; i <= 200; i++) {
            bench.write(text("agents: { defaults: { maxConcurrent: %d } }".formatted(i)));
            bench.desk.changed();
        }
        Wait.until("the last one", () -> bench.inForce.agents().maxConcurrent() == 200);

        assertThat(bench.plans).hasSizeLessThan(100);
    }

    @Test
    @Tag("I34")
    void aFileThatCannotBeUsedChangesNothingAndIsToldUntilItCan() throws Exception {
        DeskBench bench = bench("").open();

        bench.write("{ gateway: {\n  broken");
        bench.awaitNotice("line 2");
        Files.delete(bench.file);
        bench.awaitNotice("not there");
        Files.createDirectory(bench.file);
        bench.awaitNotice("config-problem");
        Files.delete(bench.file);
        bench.write(text(""));
        Wait.until("all is well", () -> bench.desk.notices().isEmpty());

        assertThat(bench.plans).isEmpty();
    }

    @Test
    @Tag("I34")
    void aBadValueKeepsItsGoodOneWhileTheRestApplies() throws Exception {
        DeskBench bench = bench("agents: { defaults: { timeoutSeconds: 60 } }").open();

        bench.write(
                text("agents: { defaults: { timeoutSeconds: -5, maxConcurrent: 4 } }, gatewy: 1"));
        bench.awaitPlans(1);
        bench.settle();

        assertThat(bench.plans).containsExactly("agents.defaults.maxConcurrent (next turn)");
        assertThat(bench.inForce.agents().timeoutMs()).isEqualTo(60_000);
        assertThat(bench.tells("config-problem: agents.defaults.timeoutSeconds")).isTrue();
        assertThat(bench.tells("Did you mean gateway")).isTrue();
    }

    @Test
    @Tag("I33")
    void whatCannotComeIntoForceLeavesEverythingAsItWas() throws Exception {
        DeskBench bench = bench("").open();
        bench.refusal =
                Optional.of(
                        new EvergateException(
                                ErrorCode.CONFIG_REFUSED, "gateway.port: held by another"));

        bench.write(text("agents: { defaults: { maxConcurrent: 3 } }"));
        bench.awaitNotice("held by another");
        bench.desk.changed();
        bench.settle();

        assertThat(bench.plans).isEmpty();
        assertThat(bench.inForce.generation()).isEqualTo(1);
        assertThat(bench.states()).containsExactly(State.REFUSED, State.PROVEN);

        bench.refusal = Optional.empty();
        bench.desk.reload(); // somebody says that it is free now
        bench.awaitPlans(1);
        bench.settle();
        assertThat(bench.tells("held by another")).isFalse();
    }

    @Test
    void whatCannotBeDoneAtThisMomentIsDoneAMomentLater() throws Exception {
        DeskBench bench = bench("").open();
        bench.refusal =
                Optional.of(new EvergateException(ErrorCode.UNAVAILABLE, "being handed over"));

        bench.write(text("agents: { defaults: { maxConcurrent: 3 } }"));

        bench.awaitPlans(1);
        assertThat(bench.states()).doesNotContain(State.REFUSED);
    }

    @Test
    void nothingChangesWhileASuccessorTakesOver() throws Exception {
        DeskBench bench = bench("").open();
        bench.desk.hold();
        bench.write(text("agents: { defaults: { maxConcurrent: 3 } }"));
        bench.desk.changed();
        bench.settle();
        assertThat(bench.plans).isEmpty();

        bench.desk.goOn();

        bench.awaitPlans(1);
    }

    @Test
    @Tag("I35")
    void aSwitchThatCostsReadinessIsTakenBackAndNotTriedAgain() throws Exception {
        DeskBench bench = bench("agents: { defaults: { maxConcurrent: 2 } }").open();
        bench.failingAfterSwitch = List.of("admission");

        bench.write(text("agents: { defaults: { maxConcurrent: 3 } }"));
        bench.awaitPlans(2);
        bench.settle();
        bench.desk.changed();
        bench.settle();

        assertThat(bench.plans).hasSize(2);
        assertThat(bench.inForce.agents().maxConcurrent()).isEqualTo(2);
        assertThat(bench.tells("configuration 2 was taken back")).isTrue();
        assertThat(bench.tells("admission")).isTrue();
        assertThat(bench.states()).containsExactly(State.APPLIED, State.ROLLED_BACK, State.PROVEN);
        assertThat(bench.read()).contains("maxConcurrent: 3"); // the file stays its author's

        bench.write(text("agents: { defaults: { maxConcurrent: 4 } }"));
        bench.awaitPlans(3);
        bench.settle();
        assertThat(bench.tells("taken back")).isFalse();
    }

    @Test
    @Tag("I35")
    void whatFailedBeforeTheSwitchIsNotItsFault() throws Exception {
        DeskBench bench = bench("").open();
        bench.failing = List.of("state-database");
        bench.failingAfterSwitch = List.of("state-database");

        bench.write(text("agents: { defaults: { maxConcurrent: 3 } }").replace("60000", "600"));
        bench.awaitPlans(1);
        Wait.until("it is proven", () -> bench.states().getFirst() == State.PROVEN);

        assertThat(bench.plans).hasSize(1);
        assertThat(bench.desk.notices()).isEmpty();
    }

    @Test
    void aValueThatOnlyAStartCanTakeAsksForOneUnlessItIsTakenBack() throws Exception {
        DeskBench bench = bench("").open();
        bench.write(text("jvm: { maxHeapMb: 300 }"));
        bench.awaitPlans(1);
        bench.write(text(""));
        bench.awaitPlans(2);
        Wait.pause(1_300);
        assertThat(bench.restarts).isEmpty();

        bench.write(text("jvm: { maxHeapMb: 400 }"));

        Wait.until("a restart", () -> !bench.restarts.isEmpty());
        assertThat(bench.restarts.getFirst()).contains("jvm.maxHeapMb (gateway restart)");
        bench.desk.restartFailed("it did not start");
        bench.awaitNotice("jvm.maxHeapMb: not in force");
        bench.desk.changed();
        bench.settle();
        assertThat(bench.restarts).hasSize(1);
    }

    @Test
    void changesAreOnlyLookedAtWhereReloadingIsOff() throws Exception {
        DeskBench bench = bench("").open();
        String off = text("agents: { defaults: { maxConcurrent: 3 } }");
        off = off.replace("port: 18789,", "port: 18789, reload: { mode: \"off\" },");
        bench.write(off);
        bench.awaitPlans(1);
        bench.write(off.replace("maxConcurrent: 3", "maxConcurrent: 5"));
        bench.awaitNotice("config-waiting");
        assertThat(bench.inForce.agents().maxConcurrent()).isEqualTo(3);

        bench.write(text("agents: { defaults: { maxConcurrent: 5 } }"));

        bench.awaitPlans(2);
        bench.settle();
        assertThat(bench.inForce.agents().maxConcurrent()).isEqualTo(5);
        assertThat(bench.tells("config-waiting")).isFalse();
    }

    @Test
    void inSafeModeNothingChanges() throws Exception {
        DeskBench bench = bench("").open(true);

        bench.write(text("agents: { defaults: { maxConcurrent: 3 } }"));

        bench.awaitNotice("nothing changes in safe mode");
        assertThat(bench.plans).isEmpty();
    }

    @Test
    @Tag("I33")
    void aHistoryThatCannotBeWrittenKeepsTheSwitchFromHappening() throws Exception {
        DeskBench bench = bench("").open();
        Path history = folder.resolve("history");
        Path aside = folder.resolve("aside");
        Files.move(history, aside);
        Files.writeString(history, "in the way");

        bench.write(text("agents: { defaults: { maxConcurrent: 3 } }"));
        Wait.until("it was given up", () -> bench.discarded.get() > 0);
        assertThat(bench.plans).isEmpty();

        Files.delete(history);
        Files.move(aside, history);
        bench.awaitPlans(1);
    }
}
