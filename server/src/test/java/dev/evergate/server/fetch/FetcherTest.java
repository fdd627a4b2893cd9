package dev.evergate.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evergate.core.config.RemotePictures;
import dev.evergate.core.time.RealWorld;
import dev.evergate.testkit.net.TestCertificate;
import dev.evergate.testkit.time.Wait;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

@Tag("S10")
class FetcherTest {
    private static final byte[] PICTURE =
            "\211PNG\r\n\032\nand so on".getBytes(StandardCharsets.ISO_8859_1);

    private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
    private final RealWorld world = new RealWorld(faults::add);
    private OtherServer other;

    @BeforeEach
    void start() throws Exception {
        other = new OtherServer();
        other.name("cdn.example", OtherServer.PUBLIC).file("/a.png", "image/png", PICTURE);
    }

    @AfterEach
    void stop() throws Exception {
        other.close();
        world.close();
        assertThat(faults).isEmpty();
    }

    private static RemotePictures terms(int redirectsMax, long timeoutMs, String... hosts) {
        return new RemotePictures(
                true, List.of(hosts), RemotePictures.TYPES, 1_000, redirectsMax, timeoutMs);
    }

    private Fetched fetch(String url, String... hosts) throws Exception {
        return new Fetcher(world, other).fetch(url, terms(3, Wait.PATIENCE.toMillis(), hosts));
    }

    private void assertRefused(String url, String reason, String... hosts) {
        assertThatThrownBy(() -> fetch(url, hosts))
                .isInstanceOf(FetchRefused.class)
                .hasMessageContaining(reason);
    }

    @Test
    void fetchesWhatStandsAtAPublicAddressAndGivesNothingAway() throws Exception {
        Fetched fetched = fetch("http://CDN.example/a.png");

        assertThat(fetched.type()).isEqualTo("image/png");
        assertThat(fetched.data().bytes()).isEqualTo(PICTURE);
        assertThat(other.dialled).containsExactly(address(OtherServer.PUBLIC, 80));
        assertThat(other.heads)
                .containsExactly(
                        """
                        GET /a.png HTTP/1.1\r
                        Host: cdn.example\r
                        Accept: image/gif, image/jpeg, image/png, image/webp\r
                        Accept-Encoding: identity\r
                        User-Agent: evergate\r
                        Connection: close\r
                        \r
                        """);
    }

    private static InetSocketAddress address(String ip, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://127.1/",
                "http://0x7f.0.0.1/",
                "http://2130706433/",
                "http://localhost/",
                "http://LOCALHOST./",
                "http://[::1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[::ffff:7f00:1]/",
                "http://[::127.0.0.1]/",
                "http://[64:ff9b::7f00:1]/",
                "http://[fe80::1%25lo]/",
                "http://169.254.169.254/",
                "http://[fd00:ec2::254]/",
                "http://0.0.0.0/",
                "http://10.0.0.1/",
                "http://192.168.1.1/",
                "https://172.16.0.1/",
                "http://100.100.100.200/"
            })
    void neverConnectsToAnAddressOfOurOwn(String url) {
        assertThatThrownBy(() -> fetch(url)).isInstanceOf(FetchRefused.class);

        assertThat(other.dialled).isEmpty();
    }

    @Test
    void connectsToWhatItJudgedHoweverAnAddressIsWritten() throws Exception {
        other.file("/", "image/png", PICTURE);

        var _ = fetch("http://0177.0.0.1/"); // to some programs this is 127.0.0.1
        assertThat(other.dialled).containsExactly(address("177.0.0.1", 80));
    }

    @Test
    void tellsAnAddressThatIsNotPublicLikeANameThatDoesNotExist() {
        other.name("intranet.example", "10.1.2.3");

        assertRefused("http://intranet.example/", "is not at a public address");
        assertRefused("http://does-not-exist.invalid/", "is not at a public address");
        assertThat(other.dialled).isEmpty();
    }

    @Test
    void asksNoProxyWhateverThisComputerIsToldToUse() throws Exception {
        Queue<URI> offered = new ConcurrentLinkedQueue<>();
        ProxySelector usual = ProxySelector.getDefault();
        ProxySelector.setDefault(
                new ProxySelector() {
                    @Override
                    public List<Proxy> select(URI uri) {
                        offered.add(uri);
                        return List.of(Proxy.NO_PROXY);
                    }

                    @Override
                    public void connectFailed(URI uri, SocketAddress address, IOException e) {}
                });
        try {
            var _ = fetch("http://cdn.example/a.png");
        } finally {
            ProxySelector.setDefault(usual);
        }
        assertThat(offered).isEmpty();
    }

    @Test
    void believesNoneOfManyAddressesIfOneIsNotPublic() {
        other.name("mixed.example", OtherServer.PUBLIC + " 10.0.0.1");

        assertRefused("http://mixed.example/a.png", "public address");
        assertThat(other.dialled).isEmpty();
    }

    @Test
    void connectsToTheAddressThatWasLookedAtAndNeverAsksForAnother() throws Exception {
        other.name("rebinding.example", OtherServer.PUBLIC, "127.0.0.1");

        assertThat(fetch("http://rebinding.example/a.png").data().size()).isEqualTo(PICTURE.length);
        assertThat(other.asked).containsExactly("rebinding.example");
        assertThat(other.dialled).containsExactly(address(OtherServer.PUBLIC, 80));
    }

    @Test
    void judgesTheTargetOfARedirectLikeAnyOtherAddress() {
        other.name("inside.example", "192.168.0.10")
                .name("turning.example", OtherServer.PUBLIC, "127.0.0.1");
        other.redirect("/1", "http://127.0.0.1/")
                .redirect("/2", "http://inside.example/")
                .redirect("/3", "//[::1]/")
                .redirect("/4", "http://turning.example/4")
                .redirect("/5", "file:///etc/passwd")
                .redirect("/6", "http://cdn.example:6379/");

        for (String path : List.of("/1", "/2", "/3")) {
            assertRefused("http://cdn.example" + path, "public address");
        }
        assertRefused("http://turning.example/4", "public address");
        assertRefused("http://cdn.example/5", "of another kind");
        assertRefused("http://cdn.example/6", "has the port 6379 (expected: 80 or 443)");
        assertThat(other.dialled).hasSize(6).allMatch(address(OtherServer.PUBLIC, 80)::equals);
    }

    @Test
    void followsAFewRedirectsAndNoMore() throws Exception {
        other.redirect("/3", "/2?x=1").redirect("/2?x=1", "http://cdn.example/1");
        other.redirect("/1", "a.png").redirect("/4", "/3");

        assertThat(fetch("http://cdn.example/3").data().bytes()).isEqualTo(PICTURE);
        assertRefused("http://cdn.example/4", "redirected more often than 3 times");
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://cdn.example/a.png, of another kind",
        "file:///etc/passwd, of another kind",
        "gopher://cdn.example/, of another kind",
        "//cdn.example/a.png, of another kind",
        "http:///a.png, names no host",
        "http://user:secret@cdn.example/a.png, names a user",
        "http://cdn.example:22/, has the port 22",
        "http://cdn.example:18789/, has the port 18789",
        "http://cdn.example/a b, is no address",
        "'http://cdn.example/\r\nHost: x', is no address",
        "http://cdn.example\\@127.0.0.1/, is no address"
    })
    void refusesAnAddressThatNobodyShouldAsk(String url, String reason) {
        assertRefused(url, reason);
        assertThat(other.asked).isEmpty();
    }

    @Test
    void asksOnlyListedHostsIfThereIsAListAndThatListMakesNothingPublic() throws Exception {
        other.name("img.cdn.example", OtherServer.PUBLIC).name("cdn.internal", "10.0.0.1");

        assertThat(fetch("http://cdn.example/a.png", "CDN.example").data().size()).isPositive();
        assertThat(fetch("http://img.cdn.example/a.png", "*.cdn.example").data().size())
                .isPositive();
        assertRefused("http://cdn.example/a.png", "not listed", "*.cdn.example");
        assertRefused("http://evilcdn.example/a.png", "not listed", "*.cdn.example", "cdn.example");
        assertRefused("http://cdn.internal/a.png", "public address", "cdn.internal");
    }

    @Test
    void takesNothingThatIsOfAnotherTypeOrTooLarge() {
        byte[] large = new byte[1_001];
        other.file("/page", "text/html", PICTURE).file("/large", "image/png", large);
        other.at("/lying", "HTTP/1.1 200 OK\nContent-Type: image/png\n\n", large);
        other.at(
                "/packed",
                "HTTP/1.1 200 OK\nContent-Type: image/png\nContent-Encoding: gzip\n\n",
                PICTURE);
        other.at(
                "/cut",
                "HTTP/1.1 200 OK\nContent-Type: image/png\nContent-Length: 99\n\n",
                PICTURE);
        other.at("/garbage", "SSH-2.0-OpenSSH\n", new byte[0]);

        assertRefused("http://cdn.example/page", "is not a picture that is taken");
        assertRefused("http://cdn.example/large", "is larger than 1000 bytes");
        assertRefused("http://cdn.example/lying", "is larger than 1000 bytes");
        assertRefused("http://cdn.example/packed", "comes compressed");
        assertRefused("http://cdn.example/cut", "the other server fails");
        assertRefused("http://cdn.example/garbage", "the other server fails");
        assertRefused("http://cdn.example/missing", "is answered with the status 404");
    }

    @Test
    void stopsReadingABodyWithoutEnd() {
        other.at(
                "/endless",
                out -> {
                    out.write(
                            "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    while (true) {
                        out.write(new byte[8_192]);
                    }
                });

        assertRefused("http://cdn.example/endless", "is larger than 1000 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nX: "})
    void waitsNoLongerThanItMayForAServerThatTrickles(String beginning) {
        var isHeardOut = new AtomicBoolean();
        other.at(
                "/slow",
                out -> {
                    out.write(beginning.getBytes(StandardCharsets.US_ASCII));
                    for (int i = 0; i < 250; i++) {
                        out.write('x');
                        out.flush();
                        Thread.sleep(20); // The slowness is what is tested.
                    }
                    isHeardOut.set(true);
                });

        assertThatThrownBy(
                        () ->
                                new Fetcher(world, other)
                                        .fetch("http://cdn.example/slow", terms(3, 300)))
                .isInstanceOf(FetchRefused.class)
                .hasMessage("does not come within 300 ms");
        assertThat(isHeardOut).isFalse();
    }

    @Test
    void waitsNoLongerThanItMayForAName() {
        Network mute =
                new Network() {
                    @Override
                    public List<InetAddress> resolve(String host) throws IOException {
                        try {
                            Thread.sleep(Wait.PATIENCE); // A name server that is mute.
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        return List.of();
                    }
                };

        assertThatThrownBy(
                        () -> new Fetcher(world, mute).fetch("http://cdn.example/", terms(3, 200)))
                .hasMessage("does not come within 200 ms");
    }

    @Test
    void encryptsAndBelievesOnlyWhoProvesToBeThatHost(@TempDir Path folder) throws Exception {
        TestCertificate certificate = TestCertificate.make(folder, "other");
        var listener =
                certificate
                        .serving()
                        .getServerSocketFactory()
                        .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        try (var secure = new OtherServer(listener, certificate.trusting())) {
            secure.name("localhost", OtherServer.PUBLIC).name("cdn.example", OtherServer.PUBLIC);
            secure.file("/a.png", "image/png", PICTURE).redirect("/down", "http://localhost/a.png");
            Fetcher fetcher = new Fetcher(world, secure);
            RemotePictures terms = terms(3, Wait.PATIENCE.toMillis());

            assertThat(fetcher.fetch("https://localhost/a.png", terms).data().bytes())
                    .isEqualTo(PICTURE);
            assertThat(secure.dialled).containsExactly(address(OtherServer.PUBLIC, 443));
            assertThatThrownBy(() -> fetcher.fetch("https://cdn.example/a.png", terms))
                    .hasMessage("cannot be fetched: the other server fails");
            assertThatThrownBy(() -> fetcher.fetch("https://localhost/down", terms))
                    .hasMessage("is redirected to an address without encryption");
        }
    }
}
