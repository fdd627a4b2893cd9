package dev.evergate.app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where {@code System.out} and {@code System.err} lead in a generation: to the log, which nobody
 * waits for. Nothing of ours prints there, but a plugin may, as much as it likes, while nobody
 * reads the pipe behind it; what it says is kept as far as it is worth it.
 *
 * <p>Thread-safe by the {@link PrintStream} around it.
 */
final class StrayOutput extends OutputStream {
    private static final Logger log = LoggerFactory.getLogger(StrayOutput.class);

    private static final int LINE_BYTES_MAX = 4_096;

    /** Of one life of the gateway. */
    private static final long BYTES_MAX = 1 << 20;

    private final String name;
    private final byte[] line = new byte[LINE_BYTES_MAX];
    private int length;
    private long bytes;

    private StrayOutput(String name) {
        this.name = name;
    }

    /** Leads both streams of this process here. */
    static void capture() {
        System.setOut(stream("stdout"));
        System.setErr(stream("stderr"));
    }

    private static PrintStream stream(String name) {
        return new PrintStream(new StrayOutput(name), false, StandardCharsets.UTF_8);
    }

    @Override
    public void write(int single) {
        bytes++;
        if (bytes > BYTES_MAX) {
            if (bytes == BYTES_MAX + 1) {
                log.warn("Something prints to {} without end; no more of it is kept", name);
            }
            return;
        }
        if (single == '\n' || length == LINE_BYTES_MAX) {
            log.info("{}: {}", name, new String(line, 0, length, StandardCharsets.UTF_8).strip());
            length = 0;
        }
        if (single != '\n') {
            line[length++] = (byte) single;
        }
    }
}
