package dev.evergate.app.config;

import static dev.evergate.app.config.DeskBench.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.config.ConfigProblem;
import dev.evergate.core.config.history.Entry;
import dev.evergate.core.config.history.Entry.State;
import dev.evergate.core.config.schema.ConfigSchema;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.spi.Configs.Edit;
import dev.evergate.server.spi.Configs.Outcome;
import dev.evergate.server.spi.Configs.Terms;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The configuration as clients read and change it. */
class ConfigOfficeTest {
    private static final String MODELS =
            """
            models: { providers: { one: { baseUrl: "http://127.0.0.1:1", // sk-old-canary-1
              apiKey: 'k3y-canary', headers: { "X-Key": "h3ader-canary" },
              // apiKey: "sk-aside-canary",
              models: [{ id: "m" }] } } }""";

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
        DeskBench bench = new DeskBench(folder, text(more)).open();
        opened = Optional.of(bench);
        return bench;
    }

    private static Outcome.Done done(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return (Outcome.Done) outcome;
    }

    private static Outcome.Refused refused(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        return (Outcome.Refused) outcome;
    }

    @Test
    @Tag("I37")
    void aPatchIsInTheFileAndInForceWhenItIsAnsweredAndItsEchoIsNothing() throws Exception {
        DeskBench bench = bench("");
        Files.setPosixFilePermissions(bench.file, PosixFilePermissions.fromString("rw-r-----"));

        Outcome.Done done = done(bench.patch("{agents:{defaults:{maxConcurrent:3}}}"));

        assertThat(bench.inForce.agents().maxConcurrent()).isEqualTo(3);
        assertThat(done.changedPaths()).containsExactly("agents");
        assertThat(done.hash()).startsWith("hmac-sha256:v1:").isEqualTo(bench.hash());
        assertThat(done.config().at("/gateway/auth/token").asString(""))
                .isEqualTo(ConfigSchema.REDACTED);
        assertThat(bench.read()).contains("// kept", "// mine", "s3cret-canary", "maxConcurrent");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bench.file)))
                .isEqualTo("rw-r-----");
        bench.desk.changed();
        bench.settle();
        assertThat(bench.plans).hasSize(1);
        Entry entry = bench.history.contents().kept().getFirst();
        assertThat(entry.by()).isEqualTo(Entry.Origin.RPC);
        assertThat(entry.who()).isEqualTo("a test");
    }

    @Test
    void withoutOrWithAnOldBaseNothingIsWritten() throws Exception {
        DeskBench bench = bench("");
        String before = bench.read();
        var edit = new Edit.Document("{}");
        var without = new Terms(Optional.empty(), true, OptionalLong.empty(), "");
        var stale = new Terms(Optional.of("bad"), true, OptionalLong.empty(), "");

        assertThat(refused(bench.office.change(edit, without)).message())
                .isEqualTo("config base hash required; re-run config.get and retry");
        assertThat(refused(bench.office.change(edit, stale)).message())
                .isEqualTo("config changed since last load; re-run config.get and retry");
        assertThat(bench.read()).isEqualTo(before);
    }

    @Test
    void whatIsWrongIsRefusedInTheWordsClientsKnow() throws Exception {
        DeskBench bench = bench("");
        String before = bench.read();

        Outcome.Refused unknown = refused(bench.patch("{gateway:{zzzqqq:1}}"));
        assertThat(unknown.message())
                .isEqualTo("invalid config: gateway: Unrecognized key: \"zzzqqq\"");
        assertThat(unknown.issues())
                .extracting(ConfigProblem::path, ConfigProblem::message)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "gateway", "Unrecognized key: \"zzzqqq\""));
        assertThat(refused(bench.patch("{zzzqqq:1}")).message())
                .isEqualTo("invalid config: <root>: Unrecognized key: \"zzzqqq\"");
        assertThat(refused(bench.patch("{gateway:{port:'x'}}")).issues().getFirst().path())
                .isEqualTo("gateway.port");
        assertThat(refused(bench.patch("{gateway:{")).message()).contains("line 1");
        assertThat(bench.read()).isEqualTo(before);
        assertThat(bench.plans).isEmpty();
    }

    @Test
    void whatWasWrongBeforeDoesNotStandInTheWay() throws Exception {
        DeskBench bench = bench("zzzqqq: 1");

        Outcome.Done _ = done(bench.patch("{agents:{defaults:{maxConcurrent:3}}}"));

        assertThat(bench.read()).contains("zzzqqq: 1");
        assertThat(bench.inForce.agents().maxConcurrent()).isEqualTo(3);
    }

    @Test
    void whatCannotComeIntoForceIsNotWritten() throws Exception {
        DeskBench bench = bench("");
        String before = bench.read();
        bench.refusal =
                Optional.of(
                        new EvergateException(
                                ErrorCode.CONFIG_REFUSED, "gateway.port: held by another"));

        assertThatThrownBy(() -> bench.patch("{gateway:{port:19999}}"))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("held by another");

        assertThat(bench.read()).isEqualTo(before);
        assertThat(bench.states()).containsExactly(State.PROVEN);
    }

    @Test
    @Tag("S17")
    void noSecretIsShownAnywhereAndThePlaceholderKeepsIt() throws Exception {
        DeskBench bench = bench(MODELS);
        JsonNode document = bench.office.document();

        assertThat(document.toString()).doesNotContain("canary");
        assertThat(document.path("valid").asBoolean(false)).isTrue();
        assertThat(DeskBench.raw(document)).contains("// mine", ConfigSchema.REDACTED);

        String edited = DeskBench.raw(document).replace("id: \"m\"", "id: \"n\"");
        Outcome.Done done = done(bench.set(edited, false));

        assertThat(bench.read())
                .isEqualTo(text(MODELS).replace("id: \"m\"", "id: \"n\""))
                .contains("k3y-canary", "sk-aside-canary");
        assertThat(done.config().toString()).doesNotContain("canary");
        assertThat(bench.plans).hasSize(1);
        assertThat(bench.plans.getFirst()).startsWith("models.providers.one.models (");
        Outcome.Done _ =
                done(
                        bench.patch(
                                "{models:{providers:{one:{apiKey:'%s',timeoutSeconds:9}}}}"
                                        .formatted(ConfigSchema.REDACTED)));
        assertThat(bench.read()).contains("k3y-canary");
        assertThat(bench.office.history(10).toString()).doesNotContain("canary");
        assertThat(bench.office.diff(1, OptionalLong.empty()).toString())
                .contains("timeoutSeconds")
                .doesNotContain("canary");
        assertThat(bench.events.toString()).doesNotContain("canary");
    }

    @Test
    void aPlaceholderThatStandsForNothingIsRefused() throws Exception {
        DeskBench bench = bench("");

        Outcome.Refused refused =
                refused(bench.patch("{hooks:{token:'%s'}}".formatted(ConfigSchema.REDACTED)));

        assertThat(refused.message()).contains("hooks.token");
    }

    @Test
    void aChangeThatTakesMostAwayHasToBeMeant() throws Exception {
        DeskBench bench = bench(MODELS);

        Outcome.Refused refused = refused(bench.set("{gateway:{auth:{token:'another'}}}", false));

        assertThat(refused.message()).contains("--force");
        assertThat(bench.plans).isEmpty();
        Outcome.Done _ = done(bench.set("{gateway:{auth:{token:'another'}}}", true));
        assertThat(bench.inForce.providers()).isEmpty();
    }

    @Test
    void undoBringsBackEveryFileAsItWas() throws Exception {
        Path included = folder.resolve("agents.json5");
        Files.writeString(included, "{ defaults: { maxConcurrent: 2 } } // by hand\n");
        DeskBench bench = bench("agents: { $include: './agents.json5' }");
        assertThat(bench.inForce.agents().maxConcurrent()).isEqualTo(2);
        Files.writeString(included, "{ defaults: { maxConcurrent: 7 } }\n");
        bench.awaitPlans(1);
        bench.settle();

        Outcome.Done undone = done(bench.undo());

        assertThat(Files.readString(included)).contains("maxConcurrent: 2", "// by hand");
        assertThat(bench.inForce.agents().maxConcurrent()).isEqualTo(2);
        assertThat(undone.changedPaths()).containsExactly("agents.defaults.maxConcurrent");
        assertThat(bench.history.contents().kept().getFirst().by()).isEqualTo(Entry.Origin.UNDO);
        Outcome.Done _ = done(bench.undo());
        assertThat(bench.inForce.agents().maxConcurrent()).isEqualTo(7);
    }

    @Test
    void undoOfABrokenFileBringsBackWhatIsInForce() throws Exception {
        DeskBench bench = bench("");
        String good = bench.read();
        bench.write("{ broken");
        bench.awaitNotice("line 1");

        Outcome.Done _ = done(bench.undo());

        assertThat(bench.read()).isEqualTo(good);
        assertThat(bench.desk.notices()).isEmpty();
        assertThat(bench.plans).isEmpty();
        Files.delete(bench.file);
        Outcome.Done _ = done(bench.undo());
        assertThat(bench.read()).isEqualTo(good);
    }

    @Test
    void aBrokenFileCanBeReplacedAsAWhole() throws Exception {
        DeskBench bench = bench("");
        bench.write("{ broken");

        Outcome.Done _ = done(bench.set(text("agents: { defaults: { maxConcurrent: 4 } }"), false));

        assertThat(bench.inForce.agents().maxConcurrent()).isEqualTo(4);
        assertThat(bench.desk.notices()).noneMatch(notice -> notice.contains("problem"));
    }

    @Test
    void aLinkStaysALink() throws Exception {
        DeskBench bench = bench("");
        Path real = folder.resolve("real.json5");
        Files.move(bench.file, real);
        Files.createSymbolicLink(bench.file, real);

        Outcome.Done _ = done(bench.patch("{agents:{defaults:{maxConcurrent:3}}}"));

        assertThat(bench.file).isSymbolicLink();
        assertThat(Files.readString(real)).contains("maxConcurrent");
    }

    @Test
    void whileASuccessorTakesOverNothingIsWritten() throws Exception {
        DeskBench bench = bench("");
        bench.desk.hold();

        assertThatThrownBy(() -> bench.patch("{agents:{defaults:{maxConcurrent:3}}}"))
                .isInstanceOf(EvergateException.class)
                .extracting("code")
                .isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void aChangeThatTakesARestartSaysSo() throws Exception {
        DeskBench bench = bench("");

        Outcome outcome =
                bench.office.change(
                        new Edit.Patch("{jvm:{maxHeapMb:300}}", Set.of()),
                        new Terms(Optional.of(bench.hash()), false, OptionalLong.of(60_000), ""));

        assertThat(done(outcome).restart().orElseThrow().delayMs()).isEqualTo(60_000);
        assertThat(done(outcome).restart().orElseThrow().pid()).isEqualTo(4700);
        assertThat(done(bench.patch("{jvm:null}")).restart()).isEmpty();
    }

    @Test
    void theSchemaIsAnswered() throws Exception {
        DeskBench bench = bench("");

        assertThat(bench.office.schema().propertyNames())
                .containsExactly("schema", "uiHints", "generatedAt", "version");
        assertThat(bench.office.lookup("gateway.port").orElseThrow().path("path").asString(""))
                .isEqualTo("gateway.port");
        assertThat(bench.office.lookup("no.where")).isEmpty();
        assertThat(List.copyOf(bench.office.document().propertyNames()))
                .contains(
                        "path",
                        "exists",
                        "raw",
                        "parsed",
                        "sourceConfig",
                        "resolved",
                        "runtimeConfig",
                        "config",
                        "valid",
                        "hash",
                        "issues",
                        "warnings",
                        "legacyIssues",
                        "configRevisionHash",
                        "appliedConfigHash");
    }
}
