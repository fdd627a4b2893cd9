package dev.evergate.keeper;

import dev.evergate.keeper.link.Beat;
import dev.evergate.keeper.link.Endpoint;
import dev.evergate.keeper.link.Hello;
import dev.evergate.keeper.link.KeeperLink;
import dev.evergate.keeper.link.Opened;
import dev.evergate.keeper.link.Outcome;
import dev.evergate.keeper.link.StopOrder;
import dev.evergate.keeper.link.Wish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A short life of the keeper from which the JVM learns its startup cache; a step of packaging.
 *
 * <p>The keeper runs as always, with a generation that opens a port, serves nobody and wants the
 * gateway to stop. That generation is {@link #main}.
 */
final class Training implements KeeperLink.Orders {
    /** The keeper's only argument when it is trained. */
    static final String OPTION = "--train";

    private static final long LIMIT_SECONDS = 20;

    private final CountDownLatch toldToStop = new CountDownLatch(1);

    private Training() {}

    /** Makes the keeper launch the training generation. */
    static void prepare(StateDirectory state) throws IOException {
        state.create();
        Path arguments = state.run().resolve("training.args");
        Files.writeString(
                arguments,
                "-XX:+UseSerialGC -Xmx32m --enable-native-access=dev.evergate.keeper\n-p \""
                        + System.getProperty("jdk.module.path", "").replace("\\", "\\\\")
                        + "\" -m dev.evergate.keeper/"
                        + Training.class.getName()
                        + "\n");
        System.setProperty(GenerationLauncher.ARGUMENT_FILE_PROPERTY, arguments.toString());
    }

    /** One training generation; its arguments are of no interest. */
    public static void main(String[] args) throws Exception {
        new Training().live(System.getenv());
    }

    private void live(Map<String, String> environment) throws Exception {
        Path socket = Path.of(environment.getOrDefault(KeeperLink.SOCKET_VARIABLE, ""));
        String number = environment.getOrDefault(KeeperLink.GENERATION_VARIABLE, "0");
        long pid = ProcessHandle.current().pid();
        Hello hello = new Hello(Long.parseLong(number), pid, "training", 0, "");
        KeeperLink link = KeeperLink.connect(socket, hello, this);
        link.step("training");
        if (link.open(new Endpoint("training", "127.0.0.1", 0))
                instanceof Opened.Granted(var endpoint, var descriptor)) {
            descriptor.close();
            link.retire(new Endpoint(endpoint.name(), endpoint.address(), 0));
        }
        link.ready();
        link.beat(new Beat("running", 0, Map.of("core", 0L)));
        link.want(new Wish(Wish.Kind.STOP, "trained", "training", ""));
        boolean isTold = toldToStop.await(LIMIT_SECONDS, TimeUnit.SECONDS);
        link.finished();
        System.exit(isTold ? 0 : 1);
    }

    @Override
    public void stop(StopOrder order) {
        toldToStop.countDown();
    }

    @Override
    public void event(String name, Map<String, String> fields) {
        // Nothing happens in a training.
    }

    @Override
    public void outcome(Outcome outcome) {
        // The order to stop says the same.
    }

    @Override
    public void lost() {
        toldToStop.countDown();
    }
}
