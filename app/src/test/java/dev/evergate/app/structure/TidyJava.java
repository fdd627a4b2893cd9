package dev.evergate.app.structure;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.Tree.Kind;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** How a Java file may look; each finding names file, line and rule. Read with javac's parser. */
final class TidyJava {
    private static final int METHOD_LINES_MAX = 60;
    private static final int FILE_CODE_LINES_MAX = 400;

    /** Of a method; a record may have more, for its components have names where it is read. */
    private static final int PARAMETERS_MAX = 7;

    /** Words that say nothing about what a type is. */
    private static final Set<String> EMPTY_WORDS =
            Set.of("Manager", "Helper", "Helpers", "Util", "Utils", "Impl", "Base", "Common");

    /** Names that the world gave: systemd and launchd are service managers. */
    private static final Set<String> GIVEN_NAMES = Set.of("ServiceManager");

    private static final Pattern WORD = Pattern.compile("[A-Z][a-z0-9]*");
    private static final Pattern NO_CODE =
            Pattern.compile("\\s*(|[*/]\\*.*|\\*.*|//.*|import .*|package .*)");

    private TidyJava() {}

    static List<String> findings(List<SourceFile> files) throws IOException {
        List<String> findings = new ArrayList<>();
        var task =
                (JavacTask)
                        ToolProvider.getSystemJavaCompiler()
                                .getTask(
                                        null,
                                        null,
                                        null,
                                        List.of("-proc:none"),
                                        null,
                                        files.stream().map(Parsed::new).toList());
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        for (CompilationUnitTree unit : task.parse()) {
            new Scanner(unit, positions).scan(unit, findings);
        }
        files.forEach(file -> codeLines(file, findings));
        withoutNullMark(files, findings);
        return findings;
    }

    private static void codeLines(SourceFile file, List<String> findings) {
        long lines = file.text().lines().filter(line -> !NO_CODE.matcher(line).matches()).count();
        if (lines > FILE_CODE_LINES_MAX) {
            findings.add(
                    "%s: %d lines of code (expected: at most %d)"
                            .formatted(file.path(), lines, FILE_CODE_LINES_MAX));
        }
    }

    /** Main and test sources of one module share a package, and so its mark. */
    private static void withoutNullMark(List<SourceFile> files, List<String> findings) {
        Set<String> marked =
                files.stream()
                        .filter(file -> file.path().endsWith("/package-info.java"))
                        .filter(file -> file.text().contains("@NullMarked"))
                        .filter(file -> file.text().contains("/**"))
                        .map(TidyJava::folder)
                        .collect(Collectors.toSet());
        files.stream()
                .filter(file -> file.path().contains("/src/"))
                .filter(file -> !file.path().endsWith("/module-info.java"))
                .map(TidyJava::folder)
                .distinct()
                .filter(folder -> !marked.contains(folder))
                .filter(folder -> !marked.contains(folder.replace("/src/test/", "/src/main/")))
                .forEach(folder -> findings.add(folder + ": no package-info with @NullMarked"));
    }

    private static String folder(SourceFile file) {
        return file.path().substring(0, file.path().lastIndexOf('/'));
    }

    private static final class Scanner extends TreePathScanner<Void, List<String>> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;

        Scanner(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
        }

        @Override
        public Void visitMethod(MethodTree method, List<String> findings) {
            String place = place(method) + method.getName();
            long end = positions.getEndPosition(unit, method);
            long lines = unit.getLineMap().getLineNumber(end) - firstLine(method) + 1;
            if (lines > METHOD_LINES_MAX) {
                findings.add(place + " is longer than " + METHOD_LINES_MAX + " lines");
            }
            boolean ofRecord = getCurrentPath().getParentPath().getLeaf().getKind() == Kind.RECORD;
            if (!ofRecord && method.getParameters().size() > PARAMETERS_MAX) {
                findings.add(place + " has more than " + PARAMETERS_MAX + " parameters");
            }
            return super.visitMethod(method, findings);
        }

        @Override
        public Void visitClass(ClassTree type, List<String> findings) {
            String place = place(type) + type.getSimpleName();
            WORD.matcher(type.getSimpleName())
                    .results()
                    .map(MatchResult::group)
                    .filter(EMPTY_WORDS::contains)
                    .filter(word -> !GIVEN_NAMES.contains(type.getSimpleName().toString()))
                    .forEach(word -> findings.add(place + ": " + word + " says nothing"));
            return super.visitClass(type, findings);
        }

        private String place(Tree tree) {
            return unit.getSourceFile().getName() + ":" + firstLine(tree) + ": ";
        }

        private long firstLine(Tree tree) {
            return unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
        }
    }

    private static final class Parsed extends SimpleJavaFileObject {
        private final SourceFile file;

        Parsed(SourceFile file) {
            super(URI.create("string:///" + file.path()), JavaFileObject.Kind.SOURCE);
            this.file = file;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return file.text();
        }

        @Override
        public String getName() {
            return file.path();
        }
    }
}
