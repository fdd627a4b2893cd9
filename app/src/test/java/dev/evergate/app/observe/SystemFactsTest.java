package dev.evergate.app.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;

class SystemFactsTest {
    @TempDir private Path folder;

    @Test
    void tellsWhatClientsRelyOn() {
        JsonNode facts = new SystemFacts("box", "instance-1", folder).get();

        assertThat(facts.path("machineName").asString("")).isEqualTo("box");
        assertThat(facts.path("processInstanceId").asString("")).isEqualTo("instance-1");
        assertThat(facts.path("pid").asLong(0)).isEqualTo(ProcessHandle.current().pid());
        assertThat(facts.path("cpuCount").asInt(0)).isPositive();
        assertThat(facts.path("memoryTotalBytes").asLong(0))
                .isGreaterThan(facts.path("memoryFreeBytes").asLong(0));
        assertThat(facts.path("diskTotalBytes").asLong(0)).isPositive();
        assertThat(facts.path("nodeVersion").asString("")).startsWith("Java ");
    }

    @Test
    void leavesOutADiskThatIsNotThere() {
        JsonNode facts = new SystemFacts("box", "i", folder.resolve("gone")).get();

        assertThat(facts.has("diskPath")).isFalse();
        assertThat(facts.path("pid").isIntegralNumber()).isTrue();
    }
}
