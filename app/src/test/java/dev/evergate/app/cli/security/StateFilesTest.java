package dev.evergate.app.cli.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

class StateFilesTest {
    private static final int SOMEBODY = 12_345;

    @TempDir private Path folder;

    @Test
    void tellsFilesThatBelongToSomebodyElse() throws IOException {
        Path file = Files.createFile(folder.resolve("gateway.key"));
        Place own = Place.at(folder).orElseThrow();
        boolean isMachine = own.owner() == 0;
        if (isMachine) {
            Files.setAttribute(file, "unix:uid", SOMEBODY); // only the machine may give away
        }
        Place directory = isMachine ? own : new Place(folder, own.mode(), own.owner() + 1);

        List<Finding> findings = new StateFiles(folder, Set.of(file)).within(directory);

        assertThat(findings).extracting(Finding::id).containsExactly("fs.state.owner");
        assertThat(findings.getFirst().severity()).isEqualTo(Severity.CRITICAL);
        assertThat(findings.getFirst().detail()).contains(file.toString());
    }
}
