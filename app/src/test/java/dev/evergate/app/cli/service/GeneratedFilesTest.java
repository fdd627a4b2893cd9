package dev.evergate.app.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.xml.parsers.DocumentBuilderFactory;

/** The files of every service manager, as they are and as programs read them. */
class GeneratedFilesTest {
    private static final String AWKWARD = "/srv/a \"b\" 'c' $d %e <f> & --g\\h";

    @Test
    void writesAUnitForAUser() {
        assertThat(only(systemd(Scope.USER, false), Samples.plain()))
                .isEqualTo(Samples.golden("user.service"));
    }

    @Test
    void writesAUnitForTheMachineWithASocket() {
        List<ServiceFile> files = systemd(Scope.SYSTEM, true).files(Samples.special());

        assertThat(files)
                .extracting(file -> file.path().toString())
                .containsExactly(
                        "/etc/systemd/system/evergate.service",
                        "/etc/systemd/system/evergate.socket");
        assertThat(files.getFirst().text()).isEqualTo(Samples.golden("system.service"));
        assertThat(files.getLast().text()).isEqualTo(Samples.golden("system.socket"));
    }

    @Test
    void writesAJobForLaunchd() {
        var launchd = Launchd.of(Samples.platform(Platform.Kind.MAC), Scope.SYSTEM);

        assertThat(only(launchd, Samples.special())).isEqualTo(Samples.golden("daemon.plist"));
    }

    @Test
    void writesATaskForWindows() {
        var tasks = TaskScheduler.of(Path.of("/srv/ada/.evergate"), Scope.USER);

        assertThat(only(tasks, Samples.special())).isEqualTo(Samples.golden("task.xml"));
        assertThat(tasks.files(Samples.plain()).getFirst().bytes())
                .startsWith(0xFF, 0xFE, '<', 0, '?', 0)
                .isEqualTo(
                        ("\uFEFF" + only(tasks, Samples.plain()))
                                .getBytes(StandardCharsets.UTF_16LE));
    }

    @Test
    void putsNoSecretAndNoUnusualStateWhereItIsNotNeeded() {
        String unit = only(systemd(Scope.USER, false), Samples.plain());

        assertThat(unit)
                .doesNotContain("EVERGATE_STATE_DIR")
                .contains("EnvironmentFile=-/srv/ada/.evergate/.env\n");
    }

    @Test
    void leavesTheJavaOfABundleToTheLauncher() {
        var spec =
                new ServiceSpec(
                        Path.of("/opt/evergate/evergate"),
                        Path.of("/opt/evergate/build/dist/1"),
                        Path.of("/opt/evergate/runtime"),
                        Samples.ADA,
                        Path.of("/srv/ada/.evergate"),
                        List.of(),
                        Optional.empty());

        assertThat(only(systemd(Scope.USER, false), spec)).doesNotContain("JAVA_HOME");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain | plain",
                "/a/b-c_d.e | /a/b-c_d.e",
                "two words | \"two words\"",
                "100% | 100%%",
                "$HOME | $$HOME",
                "a\"b | \"a\\\"b\"",
                "it's | \"it's\"",
                "back\\slash | \"back\\\\slash\"",
                "; | \";\"",
                "`` | \"\"",
            })
    void writesAWordSoThatSystemdReadsItAsItIs(String word, String written) {
        assertThat(SystemdUnits.argument(word)).isEqualTo(written);
    }

    @Test
    void startsALauncherWhosePathSystemdTakesForNoProgramThroughTheShell() {
        var spec = Samples.spec("/opt/it's $5/evergate", "/srv/ada/.evergate", List.of());

        assertThat(only(systemd(Scope.USER, false), spec))
                .contains("ExecStart=/bin/sh \"/opt/it's $$5/evergate\" gateway run\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain | plain",
                "C:\\a b\\c | \"C:\\a b\\c\"",
                "C:\\a b\\ | \"C:\\a b\\\\\"",
                "say \"hi\" | \"say \\\"hi\\\"\"",
                "a\\\" b | \"a\\\\\\\" b\"",
                "`` | \"\"",
            })
    void writesAWordAsProgramsOfWindowsTakeItApart(String word, String written) {
        assertThat(WindowsTask.quoted(word)).isEqualTo(written);
    }

    @Test
    void carriesAwkwardPathsThroughThePropertyList() throws Exception {
        var spec = Samples.spec(AWKWARD + "/evergate", AWKWARD, List.of("--port", "1"));
        Document plist = parsed(only(Launchd.of(mac(), Scope.USER), spec));

        assertThat(strings(plist, "string"))
                .contains(AWKWARD + "/evergate", AWKWARD, "--port", "1", "--no-keeper");
        assertThat(strings(plist, "key"))
                .contains("KeepAlive", "RunAtLoad", "ThrottleInterval", "ExitTimeOut", "Umask")
                .contains("EVERGATE_SUPERVISED");
    }

    @Test
    void carriesAwkwardPathsThroughTheTask() throws Exception {
        var spec = Samples.spec("/opt/evergate/evergate", AWKWARD, List.of());
        var tasks = TaskScheduler.of(Path.of(AWKWARD), Scope.SYSTEM);
        Document task = parsed(only(tasks, spec));

        assertThat(strings(task, "Arguments").getFirst())
                .contains(WindowsTask.quoted(AWKWARD))
                .startsWith("@")
                .contains("gateway run --no-keeper");
        assertThat(strings(task, "ExecutionTimeLimit")).containsExactly("PT0S");
        assertThat(strings(task, "MultipleInstancesPolicy")).containsExactly("IgnoreNew");
        assertThat(strings(task, "LogonType")).containsExactly("S4U");
    }

    @ParameterizedTest
    @ValueSource(strings = {AWKWARD, "/srv/--", "/srv/a%002db", "/srv/größe\u00a0x", "/"})
    void readsTheStateDirectoryBackFromEveryKindOfFile(String state) throws Exception {
        var spec = Samples.spec("/opt/evergate/evergate", state, List.of());
        List<ServiceManager> managers =
                List.of(
                        systemd(Scope.USER, false),
                        Launchd.of(mac(), Scope.USER),
                        TaskScheduler.of(Path.of(state), Scope.USER));
        for (ServiceManager manager : managers) {
            String text = only(manager, spec);

            assertThat(Stamp.of(text)).contains(new Stamp(Path.of(state), false));
            if (text.startsWith("<?xml")) {
                assertThat(parsed(text).getDocumentElement()).isNotNull();
            }
        }
    }

    @Test
    void seesEveryChangeByHand() {
        String text = only(systemd(Scope.USER, false), Samples.plain());

        assertThat(Stamp.of(text.replace("RestartSec=1", "RestartSec=9")))
                .hasValueSatisfying(stamp -> assertThat(stamp.isTouched()).isTrue());
        assertThat(Stamp.of(text + "[X-Mine]\n"))
                .hasValueSatisfying(stamp -> assertThat(stamp.isTouched()).isTrue());
        assertThat(Stamp.of(text.replace("\n", "\r\n")))
                .hasValueSatisfying(stamp -> assertThat(stamp.isTouched()).isFalse());
        assertThat(Stamp.of("[Service]\nExecStart=/opt/mine\n")).isEmpty();
    }

    private static Systemd systemd(Scope scope, boolean hasSocket) {
        return Systemd.of(Samples.platform(Platform.Kind.LINUX), scope, hasSocket);
    }

    private static Platform mac() {
        return Samples.platform(Platform.Kind.MAC);
    }

    private static String only(ServiceManager manager, ServiceSpec spec) {
        return manager.files(spec).getFirst().text();
    }

    /** The document type of a property list lies on a server, which is not asked. */
    private static Document parsed(String xml) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static List<String> strings(Document document, String tag) {
        NodeList nodes = document.getElementsByTagName(tag);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element) {
                texts.add(element.getTextContent());
            }
        }
        return texts;
    }
}
