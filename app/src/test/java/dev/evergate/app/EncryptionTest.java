package dev.evergate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.config.ConfigSnapshot.Tls;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.server.tls.TlsKeys;
import dev.evergate.testkit.net.TestCertificate;
import dev.evergate.testkit.time.SimWorld;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class EncryptionTest {
    @TempDir static Path shared;

    private static TestCertificate first;
    private static TestCertificate second;

    @TempDir Path folder;

    private final SimWorld world = new SimWorld(1);
    private final List<String> secured = new ArrayList<>();
    private Encryption encryption;
    private Tls files;
    private int told;

    @BeforeAll
    static void make() {
        first = forAges("first");
        second = forAges("second");
    }

    /** It is another time in a simulated world. */
    private static TestCertificate forAges(String name) {
        return TestCertificate.make(
                shared,
                name,
                "-keyalg",
                "EC",
                "-startdate",
                "2000/01/01 00:00:00",
                "-validity",
                "36500");
    }

    @BeforeEach
    void configure() throws IOException {
        files = new Tls(folder.resolve("cert.pem"), folder.resolve("key.pem"));
        put(first);
        encryption = encryption();
    }

    private Encryption encryption() {
        return new Encryption(
                world,
                keys -> secured.add(keys.map(TlsKeys::fingerprint).orElse("none")),
                folder.resolve("kept.pem"));
    }

    private void put(TestCertificate renewed) throws IOException {
        copy(renewed.certificate(), files.certificate());
        copy(renewed.key(), files.key());
    }

    /** As tools do that renew: a new file takes the old one's place. */
    private static void copy(Path from, Path to) throws IOException {
        Path next = to.resolveSibling(to.getFileName() + ".new");
        Files.copy(from, next, StandardCopyOption.REPLACE_EXISTING);
        var _ = Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
        Files.move(next, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    @Tag("S17")
    void tellsOfAKeyThatOthersCanReadUntilTheyCannot() throws Exception {
        watch();
        assertThat(encryption.notices()).isEmpty();
        var _ =
                Files.setPosixFilePermissions(
                        files.key(), PosixFilePermissions.fromString("rw-r--r--"));
        world.advance(2_100);

        assertThat(encryption.notices())
                .singleElement()
                .asString()
                .startsWith("tls-key-readable: ")
                .endsWith("chmod o-r " + files.key());

        var _ =
                Files.setPosixFilePermissions(
                        files.key(), PosixFilePermissions.fromString("rw-------"));
        world.advance(2_100);
        assertThat(encryption.notices()).isEmpty();
    }

    private void watch() {
        encryption.begin(Optional.of(files));
        encryption.watch(() -> told++);
    }

    @Test
    void takesRenewedFilesByItself() throws Exception {
        watch();
        world.advance(10_000);
        assertThat(told).isZero();

        put(second);
        world.advance(2_100);

        assertThat(secured).containsExactly(first.fingerprint(), second.fingerprint());
        assertThat(encryption.fingerprint()).isEqualTo(second.fingerprint());
        assertThat(told).isEqualTo(1);
        assertThat(encryption.notices()).isEmpty();
    }

    @Test
    void keepsTheCertificateInUseWhileTheFilesAreNoUse() throws Exception {
        watch();

        copy(second.certificate(), files.certificate()); // the key follows later
        world.advance(2_100);

        assertThat(encryption.fingerprint()).isEqualTo(first.fingerprint());
        assertThat(encryption.notices())
                .singleElement()
                .asString()
                .startsWith("tls: gateway.tls.keyPath: " + files.key())
                .endsWith("the certificate of before is in use");
        assertThat(told).isEqualTo(1);
        world.advance(10_000);
        assertThat(told).isEqualTo(1);

        copy(second.key(), files.key());
        world.advance(2_100);

        assertThat(encryption.fingerprint()).isEqualTo(second.fingerprint());
        assertThat(encryption.notices()).isEmpty();
    }

    @Test
    void startsWithTheCertificateOfBeforeIfTheFilesAreGone() throws Exception {
        encryption.begin(Optional.of(files));
        Files.delete(files.certificate());

        Encryption next = encryption();
        next.begin(Optional.of(files));

        assertThat(next.fingerprint()).isEqualTo(first.fingerprint());
        assertThat(next.notices()).singleElement().asString().contains("does not exist");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("kept.pem"))))
                .isEqualTo("rw-------");
    }

    @Test
    void refusesToBeginWithoutAnyCertificate() throws Exception {
        Files.delete(files.key());

        assertThatThrownBy(() -> encryption.begin(Optional.of(files)))
                .isInstanceOf(EvergateException.class)
                .hasMessageContaining("gateway.tls.keyPath: " + files.key() + " does not exist");
    }

    @Test
    void changesNothingBeforeTheSwitch() {
        encryption.begin(Optional.empty());
        assertThat(encryption.isOn()).isFalse();

        var missing = new Tls(folder.resolve("missing"), files.key());
        assertThatThrownBy(() -> encryption.prepare(Optional.of(missing)))
                .hasMessageContaining("gateway.tls.certPath: ");
        encryption.prepare(Optional.of(files)).discard();
        assertThat(secured).containsExactly("none");

        encryption.prepare(Optional.of(files)).commit();
        assertThat(secured).containsExactly("none", first.fingerprint());
        encryption.prepare(Optional.empty()).commit();
        assertThat(secured).hasSize(3).last().isEqualTo("none");
        assertThat(encryption.fingerprint()).isEmpty();
    }
}
