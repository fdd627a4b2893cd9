package dev.evergate.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.testkit.net.TestCertificate;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

class TlsKeysTest {
    private static final long DAY_MS = 86_400_000;

    @TempDir static Path folder;

    private static TestCertificate elliptic;
    private static TestCertificate rsa;

    @BeforeAll
    static void make() {
        elliptic = TestCertificate.make(folder, "elliptic");
        rsa =
                TestCertificate.make(
                        folder, "rsa", "-keyalg", "RSA", "-startdate", "-1d", "-validity", "20");
    }

    /** What stands inside PKCS#8, as older tools write it. */
    private static Path inner(TestCertificate from, String label, int start) throws IOException {
        String text = Files.readString(from.key()).replaceAll("-----[A-Z ]+-----", "");
        byte[] whole = Base64.getMimeDecoder().decode(text);
        return TestCertificate.pem(
                folder.resolve(label + ".pem"),
                label,
                Arrays.copyOfRange(whole, start, whole.length));
    }

    private static void assertRefused(ThrowingCallable load, String... words) {
        assertThatThrownBy(load)
                .isInstanceOf(EvergateException.class)
                .hasMessageContainingAll(words)
                .extracting(e -> ((EvergateException) e).code())
                .isEqualTo(ErrorCode.CONFIG_REFUSED);
    }

    @Test
    void readsEachFormOfAKey() throws Exception {
        assertThat(TlsKeys.load(elliptic.certificate(), elliptic.key()).fingerprint())
                .isEqualTo(elliptic.fingerprint());
        assertThat(TlsKeys.load(rsa.certificate(), rsa.key()).fingerprint())
                .isEqualTo(rsa.fingerprint());
        // RFC 5208 puts 26 bytes before an RSA key, and 28 before one of this curve.
        Path pkcs1 = inner(rsa, "RSA PRIVATE KEY", 26);
        assertThat(TlsKeys.load(rsa.certificate(), pkcs1).fingerprint())
                .isEqualTo(rsa.fingerprint());
        Path sec1 = inner(elliptic, "EC PRIVATE KEY", 28);
        assertThat(TlsKeys.load(elliptic.certificate(), sec1).fingerprint())
                .isEqualTo(elliptic.fingerprint());
    }

    @Test
    void refusesAKeyOfAnotherCertificate() {
        TestCertificate other = TestCertificate.make(folder, "other");

        assertRefused(
                () -> TlsKeys.load(elliptic.certificate(), other.key()),
                "gateway.tls.keyPath",
                other.key().toString(),
                "is not the key of the certificate in " + elliptic.certificate());
        assertRefused(
                () -> TlsKeys.load(elliptic.certificate(), rsa.key()),
                "is not the key of the certificate");
    }

    @Test
    void saysWhichFileIsNoUseAndWhy() throws Exception {
        Path key = elliptic.key();
        Path missing = folder.resolve("missing.pem");
        assertRefused(
                () -> TlsKeys.load(missing, key),
                "gateway.tls.certPath: " + missing + " does not exist");
        assertRefused(() -> TlsKeys.load(Path.of(""), key), "certPath", "names no file");
        assertRefused(() -> TlsKeys.load(folder, key), "is not a file");
        assertRefused(() -> TlsKeys.load(key, key), "certPath", "has no certificate");
        assertRefused(
                () -> TlsKeys.load(elliptic.certificate(), elliptic.certificate()),
                "keyPath",
                "has no private key");
        Path sealed =
                TestCertificate.pem(
                        folder.resolve("sealed.pem"), "ENCRYPTED PRIVATE KEY", new byte[] {48, 0});
        assertRefused(() -> TlsKeys.load(elliptic.certificate(), sealed), "passphrase");
        Path damaged =
                TestCertificate.pem(
                        folder.resolve("damaged.pem"), "CERTIFICATE", new byte[] {48, 9});
        assertRefused(() -> TlsKeys.load(damaged, key), "cannot be read");
        Path huge = Files.write(folder.resolve("huge.pem"), new byte[(1 << 20) + 1]);
        assertRefused(() -> TlsKeys.load(huge, key), "bigger than 1 MiB");
    }

    @Test
    void neverShowsAKey() throws Exception {
        String secret = Files.readString(elliptic.key()).lines().skip(1).findFirst().orElseThrow();
        assertThatThrownBy(() -> TlsKeys.load(rsa.certificate(), elliptic.key()))
                .satisfies(
                        e -> {
                            assertThat(String.valueOf(e.getMessage())).doesNotContain(secret);
                            assertThat(String.valueOf(e.getCause())).doesNotContain(secret);
                        });
    }

    @Test
    void tellsOfTheEndInTime() {
        TlsKeys year = TlsKeys.load(elliptic.certificate(), elliptic.key());
        TlsKeys weeks = TlsKeys.load(rsa.certificate(), rsa.key());
        long nowMs = System.currentTimeMillis();

        assertThat(year.notice(nowMs)).isEmpty();
        assertThat(weeks.notice(nowMs)).isEmpty();
        assertThat(weeks.notice(nowMs + 7 * DAY_MS))
                .hasValueSatisfying(
                        notice ->
                                assertThat(notice)
                                        .startsWith("tls-expires-soon: " + rsa.certificate()));
        assertThat(weeks.notice(nowMs + 21 * DAY_MS))
                .hasValueSatisfying(notice -> assertThat(notice).startsWith("tls-expired: "));
        assertThat(weeks.notice(nowMs - 2 * DAY_MS))
                .hasValueSatisfying(notice -> assertThat(notice).startsWith("tls-not-yet-valid: "));
    }
}
