package dev.evergate.app.structure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;

/** The repository is tidy, and each rule is seen to find a few lines that break it. */
class TidyTest {
    private static final String MARK = "/** Rows. */ @NullMarked package dev.evergate.store;";

    @Test
    void findsNothingInTheTextsOfThisRepository() throws IOException {
        assertThat(SourceFile.ofRepository())
                .hasSizeGreaterThan(50)
                .flatMap(TidyText::findings)
                .isEmpty();
    }

    @Test
    void findsNothingInTheJavaOfThisRepository() throws IOException {
        List<SourceFile> java =
                SourceFile.ofRepository().stream().filter(SourceFile::isJava).toList();

        assertThat(java).hasSizeGreaterThan(20);
        assertThat(TidyJava.findings(java)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "// a tab\there",
                "// TO" + "DO later",
                "# FIX" + "ME",
                "cd /ro" + "ot/project",
                "path=/ho" + "me/someone/project",
                "\"/Us" + "ers/someone\"",
                "java_home=/usr/lib/jv" + "m/some-jdk-25",
                "<url>https://regi" + "stry.example.org/npm/</url>",
            })
    void findsInAText(String line) {
        assertThat(TidyText.findings(new SourceFile("docs/page.md", "fine\n" + line + "\n")))
                .singleElement()
                .asString()
                .startsWith("docs/page.md:2: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/usr/lib/jvm/* is searched",
                "~/.evergate/evergate.json",
                "/workspace/a, GET /home, ${base}/work/a",
                "xmlns=\"http://maven.apache.org/POM/4.0.0\"",
                "mastodon and todo lists",
            })
    void passesOver(String line) {
        assertThat(TidyText.findings(new SourceFile("docs/page.md", line))).isEmpty();
    }

    @Test
    void findsALongLineInCodeButNotInProse() {
        String line = "x".repeat(121);

        assertThat(TidyText.findings(new SourceFile("build/run.sh", line))).hasSize(1);
        assertThat(TidyText.findings(new SourceFile("docs/page.md", line))).isEmpty();
    }

    @Test
    void findsALongMethod() throws IOException {
        assertThat(java("class A { void f() {\n" + "g();\n".repeat(58) + "} }")).isEmpty();
        assertThat(java("class A { void f() {\n" + "g();\n".repeat(59) + "} }"))
                .containsExactly(
                        "store/src/main/java/dev/evergate/store/A.java:2: "
                                + "f is longer than 60 lines");
    }

    @Test
    void findsManyParametersOfAMethodButNotOfARecord() throws IOException {
        String eight = "(int a, int b, int c, int d, int e, int f, int g, int h)";

        assertThat(java("class A { void f" + eight + " {} }"))
                .singleElement()
                .asString()
                .contains("f has more than 7 parameters");
        assertThat(java("record A" + eight + " {}")).isEmpty();
    }

    @Test
    void findsALongFileButCountsOnlyCode() throws IOException {
        assertThat(java("class A {\n" + "int a;\n".repeat(398) + "\n// why\n}\n")).isEmpty();
        assertThat(java("class A {\n" + "int a;\n".repeat(399) + "}\n"))
                .singleElement()
                .asString()
                .contains("401 lines of code");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LaneManager", "StoreUtils", "DoorImpl", "BaseLane", "CommonWords"})
    void findsATypeNamedByAnEmptyWord(String name) throws IOException {
        assertThat(java("interface " + name + " {}")).singleElement().asString().contains(name);
    }

    @Test
    void passesOverATypeThatOnlyBeginsLikeAnEmptyWord() throws IOException {
        assertThat(java("class Base64Reader {} class Baseline {} class Implied {}")).isEmpty();
    }

    @Test
    void findsAPackageWithoutNullMark() throws IOException {
        var file = new SourceFile("store/src/main/java/dev/evergate/store/A.java", "class A {}");

        assertThat(TidyJava.findings(List.of(file)))
                .containsExactly(
                        "store/src/main/java/dev/evergate/store: no package-info with @NullMarked");
    }

    private static List<String> java(String type) throws IOException {
        String folder = "store/src/main/java/dev/evergate/store/";
        return TidyJava.findings(
                List.of(
                        new SourceFile(folder + "package-info.java", MARK),
                        new SourceFile(folder + "A.java", "package dev.evergate.store;\n" + type)));
    }
}
