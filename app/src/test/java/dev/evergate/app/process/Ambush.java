package dev.evergate.app.process;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Method;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;

/**
 * Lies in wait for the next generation: when it has come by certain methods, it stands still at the
 * last of them and something is done to somebody. The product needs no hooks for that: the
 * generation is started with the JVM's debugging agent. For one thread.
 */
final class Ambush implements AutoCloseable {
    private static final long PATIENCE_MS = 60_000;

    private final Path arguments;
    private final String peaceful;
    private final ListeningConnector connector;
    private final Map<String, Connector.Argument> options;
    private final CountDownLatch sprung = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean isOver;

    /** The entry of a method, when it is come to for the n-th time. */
    record Place(String type, String method, int times) {}

    /** What is done there. */
    interface Deed {
        /** {@code machine} stands still at the place; whether it may go on afterwards. */
        boolean doIt(VirtualMachine machine) throws Exception;
    }

    /**
     * A copy of the build under test, below this folder, whose next generations can be caught.
     * Returns the folder to start.
     */
    static Path build(Path folder) throws IOException {
        Path real = Path.of(System.getProperty("evergate.dist", "")).toRealPath();
        Path lib = Files.createDirectories(folder.resolve("dist/lib"));
        for (String name : List.of("keeper.args", "generation.args")) {
            String home = "\"-Devergate.home=" + folder.resolve("dist") + "\"";
            String text =
                    Files.readString(real.resolve("lib").resolve(name))
                            .replaceAll(
                                    "\"-Devergate\\.home=[^\"]*\"", Matcher.quoteReplacement(home));
            Files.writeString(lib.resolve(name), text);
        }
        return folder.resolve("dist");
    }

    /**
     * Waits for the next generation that is launched from this build.
     *
     * @param way places in the order in which it comes by; counting at one begins when it has
     *     passed those before
     */
    Ambush(Path build, List<Place> way, Deed deed) throws Exception {
        arguments = build.resolve("lib/generation.args");
        peaceful = Files.readString(arguments);
        connector =
                Bootstrap.virtualMachineManager().listeningConnectors().stream()
                        .filter(each -> each.name().equals("com.sun.jdi.SocketListen"))
                        .findAny()
                        .orElseThrow();
        options = connector.defaultArguments();
        Objects.requireNonNull(options.get("localAddress")).setValue("127.0.0.1");
        Objects.requireNonNull(options.get("port")).setValue("0");
        Objects.requireNonNull(options.get("timeout")).setValue(Long.toString(PATIENCE_MS));
        String address = connector.startListening(options);
        String port = address.substring(address.lastIndexOf(':') + 1);
        String agent =
                "-agentlib:jdwp=transport=dt_socket,server=n,suspend=y,address=127.0.0.1:" + port;
        String main = peaceful.substring(peaceful.lastIndexOf("-m "));
        Files.writeString(
                arguments,
                peaceful.substring(0, peaceful.length() - main.length()) + agent + "\n" + main);
        thread = Thread.ofPlatform().name("ambush").daemon().start(() -> lie(way, deed));
    }

    private void lie(List<Place> way, Deed deed) {
        try {
            VirtualMachine machine = connector.accept(options);
            Files.writeString(arguments, peaceful); // only this one is caught
            for (Place place : way) {
                ClassPrepareRequest prepared =
                        machine.eventRequestManager().createClassPrepareRequest();
                prepared.addClassFilter(place.type);
                prepared.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
                prepared.enable();
            }
            watch(machine, way, deed);
        } catch (VMDisconnectedException e) {
            // It ended, as it may.
        } catch (Exception e) {
            if (!isOver) {
                e.printStackTrace(System.err);
            }
        }
    }

    private void watch(VirtualMachine machine, List<Place> way, Deed deed) throws Exception {
        int passed = 0;
        int left = way.getFirst().times;
        while (true) {
            EventSet events = machine.eventQueue().remove();
            boolean goesOn = true;
            for (Event event : events) {
                if (event instanceof ClassPrepareEvent loaded) {
                    lurk(machine, loaded.referenceType(), way);
                } else if (event instanceof BreakpointEvent hit
                        && passed < way.size()
                        && isAt(hit, way.get(passed))
                        && --left == 0) {
                    passed++;
                    if (passed == way.size()) {
                        goesOn = deed.doIt(machine);
                        sprung.countDown();
                    } else {
                        left = way.get(passed).times;
                    }
                }
            }
            if (goesOn) {
                events.resume();
            }
        }
    }

    private static boolean isAt(BreakpointEvent hit, Place place) {
        Method method = hit.location().method();
        return method.declaringType().name().equals(place.type)
                && method.name().equals(place.method);
    }

    private static void lurk(VirtualMachine machine, ReferenceType type, List<Place> way) {
        for (Method method : type.methods()) {
            boolean isOnTheWay =
                    way.stream()
                            .filter(place -> place.type.equals(type.name()))
                            .anyMatch(place -> place.method.equals(method.name()));
            if (isOnTheWay && !method.isAbstract()) {
                BreakpointRequest here =
                        machine.eventRequestManager().createBreakpointRequest(method.location());
                here.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
                here.enable();
            }
        }
    }

    /** Waits until it has happened. */
    void awaitDone() throws InterruptedException {
        if (!sprung.await(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("nobody came by");
        }
    }

    @Override
    public void close() throws Exception {
        isOver = true;
        connector.stopListening(options);
        Files.writeString(arguments, peaceful);
        thread.interrupt();
        thread.join(1_000);
    }
}
