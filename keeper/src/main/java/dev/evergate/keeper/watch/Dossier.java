package dev.evergate.keeper.watch;

import dev.evergate.keeper.log.LogDate;
import dev.evergate.keeper.os.OpenFiles;
import dev.evergate.keeper.os.OsException;
import dev.evergate.keeper.os.ProcessControl;
import dev.evergate.keeper.os.ProcessTable;
import dev.evergate.keeper.os.ThreadTable;
import dev.evergate.keeper.time.HostTime;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Everything that can be learned about a generation before it is killed: the kernel's view of its
 * threads, its sockets and their peers, its children, and a thread dump if its JVM still answers.
 *
 * <p>It is a file of its own, readable by the owner alone; the newest {@value #KEPT} are kept.
 * Command lines and environments stay out of it: they may hold secrets. Thread-safety: stateless;
 * the work waits for the JVM and belongs on a thread of its own.
 */
public final class Dossier {
    static final int KEPT = 20;

    /** What a summary shows of each kind. */
    private static final int SHOWN = 6;

    private static final int FRAMES_SHOWN = 10;
    private static final int DUMP_BYTES_MAX = 1 << 20;
    private static final long LOOK_MS = 15;

    /** The last thing a JVM prints when it is asked for its threads, before its heap. */
    private static final String DUMP_END = "JNI global refs";

    private final Subject subject;
    private final StringBuilder text = new StringBuilder(16_384);
    private final StringBuilder summary = new StringBuilder();

    /**
     * Whom a dossier is about.
     *
     * @param why it has to be killed, for a person
     * @param suspect the thread whose stack belongs in the summary, by the beginning of its name
     * @param errors the file its JVM writes thread dumps to
     */
    public record Subject(long generation, long pid, String why, String suspect, Path errors) {}

    private Dossier(Subject subject) {
        this.subject = subject;
    }

    /**
     * Writes one and says in a few lines what it shows and where it is.
     *
     * @param folder created if missing
     * @param budgetMs how long it may take
     */
    public static String write(Path folder, Subject subject, long budgetMs) {
        long deadlineMs = HostTime.monotonicMs() + budgetMs;
        Dossier dossier = new Dossier(subject);
        dossier.collect(deadlineMs);
        try {
            return dossier.summary + "; the whole is in " + dossier.save(folder);
        } catch (IOException e) {
            return dossier.summary + "; nothing could be saved in " + folder + ": " + e;
        }
    }

    private void collect(long deadlineMs) {
        long wallMs = HostTime.wallMs();
        section("Generation " + subject.generation() + " (pid " + subject.pid() + ")");
        line(LogDate.instant(wallMs) + " " + subject.why());
        long errorBytes = size(subject.errors());
        boolean isAsked = askForThreads();
        children();
        threads(!isAsked);
        sockets();
        if (isAsked) {
            threadDump(errorBytes, deadlineMs);
        }
    }

    /**
     * A stopped or dead JVM cannot answer, and anything else than a JVM would die of the signal.
     */
    private boolean askForThreads() {
        char state = Testimony.state(subject.pid());
        boolean canAnswer = state != 'T' && state != 't' && state != 'Z';
        if (!canAnswer || !ProcessTable.program(subject.pid()).orElse("").startsWith("java")) {
            return false;
        }
        try {
            return ProcessControl.signal(subject.pid(), ProcessControl.SIGQUIT);
        } catch (OsException e) {
            return false;
        }
    }

    private void threads(boolean isDetailed) {
        section("Threads as the kernel sees them");
        int running = 0;
        List<ThreadTable.Entry> threads = ThreadTable.of(subject.pid());
        for (ThreadTable.Entry thread : threads) {
            long tid = thread.tid();
            String where = ThreadTable.detail(subject.pid(), tid, "wchan");
            line(
                    tid
                            + " "
                            + thread.name()
                            + ": state "
                            + thread.state()
                            + (where.isEmpty() || where.equals("0") ? "" : " in " + where)
                            + ", cpu "
                            + thread.cpuNs() / 1_000_000
                            + " ms, waited for a core "
                            + thread.waitedNs() / 1_000_000
                            + " ms");
            if (isDetailed) {
                indented("syscall ", ThreadTable.detail(subject.pid(), tid, "syscall"));
                indented("", ThreadTable.detail(subject.pid(), tid, "stack"));
            }
            if (thread.state() == 'R') {
                running++;
            }
        }
        char state = Testimony.state(subject.pid());
        summary.append("; process in state ").append(state).append(", ").append(threads.size());
        summary.append(" threads, ").append(running).append(" of them running");
    }

    private void sockets() {
        List<String> sockets = OpenFiles.tcpSockets(subject.pid());
        section("TCP sockets, of " + OpenFiles.count(subject.pid()) + " open descriptors");
        lines(sockets);
        sum("sockets", sockets);
    }

    private void children() {
        List<String> found = new ArrayList<>();
        addChildren(found, ProcessTable.all(), subject.pid(), "");
        section("Children");
        lines(found);
        sum("children", found);
    }

    private static void addChildren(
            List<String> found, List<ProcessTable.Entry> all, long parent, String indent) {
        for (ProcessTable.Entry child : all) {
            if (child.parent() == parent) {
                String program = ProcessTable.program(child.pid()).orElse("?");
                String state = "(pid " + child.pid() + ", state " + child.state() + ")";
                found.add(indent + program + " " + state);
                addChildren(found, all, child.pid(), indent + "  ");
            }
        }
    }

    private void threadDump(long fromByte, long deadlineMs) {
        String dump = "";
        boolean isWhole = false;
        long size = fromByte;
        while (!isWhole && HostTime.monotonicMs() < deadlineMs) {
            HostTime.sleep(LOOK_MS);
            long before = size;
            size = size(subject.errors());
            if (size > fromByte && size == before) {
                dump = read(fromByte, size);
                isWhole = dump.contains(DUMP_END);
            }
        }
        section("Threads as the JVM sees them");
        line(dump.isEmpty() ? "It did not answer in time." : dump);
        String stack = stack(dump);
        if (dump.isEmpty()) {
            summary.append("; its JVM did not answer");
        } else if (!stack.isEmpty()) {
            summary.append(";\n").append(stack);
        }
    }

    /** The suspected thread's name and its topmost frames. */
    private String stack(String dump) {
        int start = dump.indexOf("\n\"" + subject.suspect());
        if (subject.suspect().isEmpty() || start < 0) {
            return "";
        }
        int end = start;
        for (int i = 0; i < FRAMES_SHOWN && end >= 0; i++) {
            end = dump.indexOf('\n', end + 1);
        }
        int blank = dump.indexOf("\n\n", start + 1);
        int last = blank >= 0 && (end < 0 || blank < end) ? blank : end;
        return last < 0 ? dump.substring(start + 1) : dump.substring(start + 1, last);
    }

    private Path save(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            createFolder(folder);
        }
        String stamp = LogDate.instant(HostTime.wallMs()).replace(":", "");
        Path file = folder.resolve("generation-" + subject.generation() + "-" + stamp + ".txt");
        Set<StandardOpenOption> newFile =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var mode =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var channel = Files.newByteChannel(file, newFile, mode)) {
            var bytes = StandardCharsets.UTF_8.encode(text.toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        forgetOld(folder);
        return file;
    }

    private static void createFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // Two dossiers at once.
        }
    }

    private static void forgetOld(Path folder) {
        File[] files = folder.toFile().listFiles();
        if (files == null || files.length <= KEPT) {
            return;
        }
        Arrays.sort(files, (a, b) -> Long.compare(b.lastModified(), a.lastModified()));
        for (int i = KEPT; i < files.length; i++) {
            boolean _ = files[i].delete(); // One that cannot be deleted is tried again next time.
        }
    }

    private String read(long from, long to) {
        byte[] bytes = new byte[(int) Math.min(to - from, DUMP_BYTES_MAX)];
        try (RandomAccessFile file = new RandomAccessFile(subject.errors().toFile(), "r")) {
            file.seek(from);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    private void section(String title) {
        text.append(text.isEmpty() ? "" : "\n").append("== ").append(title).append('\n');
    }

    private void line(String content) {
        text.append(content).append('\n');
    }

    private void lines(List<String> contents) {
        for (String content : contents) {
            line(content);
        }
    }

    private void indented(String label, String content) {
        if (!content.isEmpty()) {
            line("    " + label + content.replace("\n", "\n    "));
        }
    }

    private void sum(String what, List<String> items) {
        summary.append(summary.isEmpty() ? "" : "; ");
        summary.append(items.isEmpty() ? "no " + what : what + " (" + items.size() + ")");
        for (int i = 0; i < items.size() && i < SHOWN; i++) {
            summary.append(i == 0 ? ": " : ", ").append(items.get(i).strip());
        }
        summary.append(items.size() > SHOWN ? ", …" : "");
    }
}
