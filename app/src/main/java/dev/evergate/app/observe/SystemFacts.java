package dev.evergate.app.observe;

import com.sun.management.OperatingSystemMXBean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The machine and this process, in the words of {@code system.info} (protocol v4). Thread-safe.
 *
 * <p>What cannot be found out is left out, but for what clients rely on.
 */
public final class SystemFacts implements Supplier<JsonNode> {
    private static final Logger log = LoggerFactory.getLogger(SystemFacts.class);
    private static final Path LOAD = Path.of("/proc/loadavg");

    private final String host;
    private final String instance;
    private final Path folder;

    /**
     * @param instance UUID of the keeper's life
     * @param folder on the disk that matters
     */
    public SystemFacts(String host, String instance, Path folder) {
        this.host = host;
        this.instance = instance;
        this.folder = folder;
    }

    @Override
    public JsonNode get() {
        ObjectNode facts = JsonNodeFactory.instance.objectNode();
        String system = System.getProperty("os.name", "unknown");
        String release = System.getProperty("os.version", "unknown");
        facts.put("machineName", host);
        facts.put("hostname", host);
        facts.put("platform", system.toLowerCase(Locale.ROOT));
        facts.put("release", release);
        facts.put("arch", architecture());
        facts.put("osLabel", system + " " + release);
        // Clients show this as what the gateway runs on; here it is no Node.
        facts.put("nodeVersion", "Java " + Runtime.version());
        facts.put("pid", ProcessHandle.current().pid());
        facts.put("processInstanceId", instance);
        facts.put("uptimeMs", ManagementFactory.getRuntimeMXBean().getUptime());
        facts.put("cpuCount", Runtime.getRuntime().availableProcessors());
        load(facts);
        memory(facts);
        disk(facts);
        return facts;
    }

    /** As clients name it. */
    private static String architecture() {
        String name = System.getProperty("os.arch", "unknown");
        return switch (name) {
            case "amd64", "x86_64" -> "x64";
            case "aarch64" -> "arm64";
            default -> name;
        };
    }

    private static void load(ObjectNode facts) {
        if (!Files.isReadable(LOAD)) {
            return;
        }
        try {
            String[] words = Files.readString(LOAD).split(" ");
            ArrayNode load = facts.putArray("loadAverage");
            for (int i = 0; i < 3; i++) {
                load.add(Double.parseDouble(words[i]));
            }
        } catch (IOException | RuntimeException e) {
            log.debug("{} is not understood: {}", LOAD, e.toString());
            facts.remove("loadAverage");
        }
    }

    private static void memory(ObjectNode facts) {
        long total = 0;
        long free = 0;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine) {
            total = machine.getTotalMemorySize();
            free = machine.getFreeMemorySize();
        }
        facts.put("memoryTotalBytes", total);
        facts.put("memoryFreeBytes", free);
    }

    private void disk(ObjectNode facts) {
        try {
            FileStore store = Files.getFileStore(folder);
            facts.put("diskTotalBytes", store.getTotalSpace());
            facts.put("diskAvailableBytes", store.getUsableSpace());
            facts.put("diskPath", folder.toString());
        } catch (IOException e) {
            log.debug("The disk of {} cannot be looked at: {}", folder, e.toString());
        }
    }
}
