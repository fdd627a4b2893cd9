package dev.evergate.app.cli.text;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The process's own standard output and standard error, in UTF-8. */
public final class StandardOutput implements Output {
    private final PrintStream out = stream(FileDescriptor.out);
    private final PrintStream err = stream(FileDescriptor.err);
    private final boolean terminal = isStandardOutputATerminal();
    private final boolean colour;

    /**
     * @param environment {@code NO_COLOR} (no-color.org) and {@code TERM=dumb} turn colours off
     */
    public StandardOutput(Map<String, String> environment) {
        this.colour =
                terminal
                        && environment.getOrDefault("NO_COLOR", "").isEmpty()
                        && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    }

    @Override
    public void line(String text) {
        out.println(text);
        out.flush();
    }

    @Override
    public void piece(String text) {
        out.print(text);
        out.flush();
    }

    @Override
    public void note(String text) {
        err.println(text);
        err.flush();
    }

    @Override
    public boolean isTerminal() {
        return terminal;
    }

    @Override
    public boolean hasColour() {
        return colour;
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }

    /** {@link System#console()} wants standard input to be a terminal too, which a pipe is not. */
    private static boolean isStandardOutputATerminal() {
        Path link = Path.of("/proc/self/fd/1");
        try {
            if (Files.isSymbolicLink(link)) {
                String target = Files.readSymbolicLink(link).toString();
                return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
            }
        } catch (IOException unreadable) {
            return false;
        }
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
}
