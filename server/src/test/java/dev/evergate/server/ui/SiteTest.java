package dev.evergate.server.ui;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;

@Tag("S15")
class SiteTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\ud800.js", // no character: no file system knows its name
                "a\u0000.js",
                "../secret.js",
                "link.js",
                "up/secret.js",
                ".hidden.js",
                ".git/config.js",
                "a/../index.js",
                "a\\..\\..\\secret.js",
                "/index.js",
                "index.js/",
                "a//index.js",
                "."
            })
    void findsNothingThere(String path) throws Exception {
        Path site = Files.createDirectories(folder.resolve("root"));
        Path below = Files.createDirectories(site.resolve("a"));
        Files.writeString(folder.resolve("secret.js"), "secret");
        Files.writeString(site.resolve("index.js"), "");
        Files.writeString(below.resolve("index.js"), "");
        Files.writeString(site.resolve(".hidden.js"), "secret");
        Files.createDirectories(site.resolve(".git"));
        Files.writeString(site.resolve(".git/config.js"), "secret");
        Files.createSymbolicLink(site.resolve("link.js"), folder.resolve("secret.js"));
        Files.createSymbolicLink(site.resolve("up"), folder);

        assertThat(new Site(site).open("index.js")).isPresent();
        assertThat(new Site(site).open("a/index.js")).isPresent();
        assertThat(new Site(site).open(path)).isEmpty();
    }
}
