package dev.evergate.app.structure;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles a few lines that break a rule, so that a test can see the rule fail. */
final class CompiledSample {
    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
    private static final Pattern TYPE = Pattern.compile("(?:class|record|interface) (\\w+)");

    private CompiledSample() {}

    static JavaClasses of(Path folder, String... sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = List.of("-d", folder.toString(), "-proc:none", "-Xlint:none");
        List<JavaFileObject> units = Arrays.stream(sources).map(CompiledSample::inMemory).toList();
        if (!compiler.getTask(null, null, null, options, null, units).call()) {
            throw new IllegalArgumentException("sample does not compile: " + List.of(sources));
        }
        return new ClassFileImporter().importPath(folder);
    }

    private static JavaFileObject inMemory(String source) {
        String name = first(PACKAGE, source).replace('.', '/') + "/" + first(TYPE, source);
        return new SimpleJavaFileObject(
                URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
    }

    private static String first(Pattern pattern, String source) {
        Matcher matcher = pattern.matcher(source);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no " + pattern + " in " + source);
        }
        return matcher.group(1);
    }
}
