package dev.evergate.app.process;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ClassType;
import com.sun.jdi.Method;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.Value;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.MethodEntryEvent;
import com.sun.jdi.request.EventRequest;
import com.sun.jdi.request.MethodEntryRequest;

import dev.evergate.testkit.process.GatewayProcess;
import dev.evergate.testkit.time.Wait;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hurts threads of a running generation through the JVM's debugging port; the product needs no
 * hooks for that. For one thread.
 */
final class Surgeon implements AutoCloseable {
    private static final String AGENT =
            "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";

    private static final Pattern LISTENING =
            Pattern.compile("Listening for transport dt_socket at address: (\\d+)");

    private static final long PATIENCE_MS = 20_000;

    private final VirtualMachine machine;

    private Surgeon(VirtualMachine machine) {
        this.machine = machine;
    }

    /**
     * A copy of the build under test, below this folder, whose generations can be operated on.
     *
     * @param options more for the generations' JVM
     */
    static Path operable(Path folder, String... options) throws IOException {
        Path real = Path.of(System.getProperty("evergate.dist", "")).toRealPath();
        Path lib = Files.createDirectories(folder.resolve("dist/lib"));
        for (String name : List.of("keeper.args", "generation.args")) {
            String arguments =
                    Files.readString(real.resolve("lib").resolve(name))
                            .replaceAll(
                                    "\"-Devergate\\.home=[^\"]*\"",
                                    Matcher.quoteReplacement(
                                            "\"-Devergate.home=" + folder.resolve("dist") + "\""));
            if (name.equals("generation.args")) {
                String main = arguments.substring(arguments.lastIndexOf("-m "));
                arguments =
                        arguments.substring(0, arguments.length() - main.length())
                                + AGENT
                                + "\n"
                                + String.join("\n", options)
                                + "\n"
                                + main;
            }
            Files.writeString(lib.resolve(name), arguments);
        }
        return folder.resolve("dist");
    }

    /** Attaches to the gateway's newest generation. */
    static Surgeon of(GatewayProcess gateway, int generation) throws Exception {
        Wait.until(
                () -> "generation " + generation + " can be operated on; " + gateway.describe(),
                () -> ports(gateway).size() >= generation);
        AttachingConnector connector =
                Bootstrap.virtualMachineManager().attachingConnectors().stream()
                        .filter(each -> each.name().equals("com.sun.jdi.SocketAttach"))
                        .findAny()
                        .orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        Objects.requireNonNull(arguments.get("hostname")).setValue("127.0.0.1");
        Objects.requireNonNull(arguments.get("port")).setValue(ports(gateway).get(generation - 1));
        return new Surgeon(connector.attach(arguments));
    }

    private static List<String> ports(GatewayProcess gateway) {
        return LISTENING.matcher(gateway.output()).results().map(found -> found.group(1)).toList();
    }

    /** Makes a thread wait for its own end the next time it runs code of these classes. */
    void deadlock(String thread, String classes, String... except) throws Exception {
        ThreadReference victim = victim(thread);
        var join = new Blow(victim, "join", "()V", List.of());
        catchInside(victim, classes, except);
        join.strike(victim);
    }

    /** Makes a thread compute for ages the next time it runs code of these classes. */
    void burn(String thread, String classes, String... except) throws Exception {
        ThreadReference victim = victim(thread);
        // Tries two to the power of forty ways to match, and none does; the reference to a group
        // keeps the JDK from noticing.
        var match =
                new Blow(
                        text("a".repeat(40) + "!"),
                        "matches",
                        "(Ljava/lang/String;)Z",
                        List.of(text("(a|a)*b\\1")));
        catchInside(victim, classes, except);
        match.strike(victim);
    }

    /** Makes a thread ask for more memory than there is. */
    void exhaustHeap(String thread, String classes, String... except) throws Exception {
        ThreadReference victim = victim(thread);
        var repeat =
                new Blow(
                        text("x".repeat(1_000)),
                        "repeat",
                        "(I)Ljava/lang/String;",
                        List.of(machine.mirrorOf(2_000_000)));
        catchInside(victim, classes, except);
        repeat.strike(victim);
    }

    /** A text in the memory of the victim's JVM. */
    private ObjectReference text(String text) {
        ObjectReference there = machine.mirrorOf(text);
        there.disableCollection();
        return there;
    }

    /** Lets a thread start a program and go on. */
    void start(String program, String thread, String classes) throws Exception {
        ThreadReference victim = victim(thread);
        catchInside(victim, classes);
        ClassType type = (ClassType) machine.classesByName("java.lang.Runtime").getFirst();
        Method current = type.concreteMethodByName("getRuntime", "()Ljava/lang/Runtime;");
        Method exec = type.concreteMethodByName("exec", "(Ljava/lang/String;)Ljava/lang/Process;");
        int alone = ObjectReference.INVOKE_SINGLE_THREADED;
        ObjectReference runtime =
                (ObjectReference) type.invokeMethod(victim, current, List.of(), alone);
        runtime.invokeMethod(victim, exec, List.of(machine.mirrorOf(program)), alone);
        victim.resume();
    }

    private ThreadReference victim(String thread) {
        return machine.allThreads().stream()
                .filter(each -> each.name().startsWith(thread))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no thread " + thread));
    }

    /** Suspends a thread while it runs code of these classes. */
    private void catchInside(ThreadReference victim, String classes, String... except)
            throws InterruptedException {
        MethodEntryRequest entry = machine.eventRequestManager().createMethodEntryRequest();
        entry.addThreadFilter(victim);
        entry.addClassFilter(classes);
        for (String exception : except) {
            entry.addClassExclusionFilter(exception);
        }
        entry.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        entry.enable();
        EventSet events = machine.eventQueue().remove(PATIENCE_MS);
        while (events != null && !(events.iterator().next() instanceof MethodEntryEvent)) {
            events.resume();
            events = machine.eventQueue().remove(PATIENCE_MS);
        }
        if (events == null) {
            throw new AssertionError(victim.name() + " runs no code of " + classes);
        }
        entry.disable();
    }

    /**
     * A call that does not return. It is prepared before its victim is caught: a thread that is
     * held for the second that takes would be found wedged for being held.
     */
    private record Blow(ObjectReference target, Method method, List<Value> arguments) {
        Blow(ObjectReference target, String name, String signature, List<Value> arguments) {
            this(
                    target,
                    ((ClassType) target.type()).concreteMethodByName(name, signature),
                    arguments);
        }

        /** Lets a caught thread make the call; nobody waits for it. */
        void strike(ThreadReference victim) {
            int alone = ObjectReference.INVOKE_SINGLE_THREADED;
            Thread.ofPlatform()
                    .daemon()
                    .name("operation")
                    .start(
                            () -> {
                                try {
                                    target.invokeMethod(victim, method, arguments, alone);
                                } catch (Exception e) {
                                    // It was killed meanwhile, as it should be.
                                }
                            });
        }
    }

    @Override
    public void close() {
        try {
            machine.dispose();
        } catch (VMDisconnectedException e) {
            // It was killed, as it should be.
        }
    }
}
