package dev.evergate.server.ui;

import dev.evergate.server.exchange.HttpAnswer;
import dev.evergate.server.exchange.HttpCall;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Answers with files of a {@link Site}, and with its index where a path names none: the page itself
 * knows what to show there. Waits for the disk and for the peer.
 */
final class StaticFiles {
    private static final Logger log = LoggerFactory.getLogger(StaticFiles.class);
    private static final String INDEX = "index.html";

    /** Names in here contain a digest of what is in the file. */
    private static final String DIGESTED = "assets/";

    private static final String FOR_EVER = "Cache-Control: public, max-age=31536000, immutable";
    private static final String ASK_AGAIN = "Cache-Control: no-cache";
    private static final int INDEX_BYTES_MAX = 1024 * 1024;
    private static final String POLICY = IndexPage.policy("'self' 'wasm-unsafe-eval'");

    private final Site site;
    private final String basePath;

    StaticFiles(Site site, String basePath) {
        this.site = site;
        this.basePath = basePath;
    }

    /**
     * A file that was packed before, beside the one it was made from.
     *
     * @param coding its name over HTTP; empty for the file itself
     * @param ending of its name
     */
    private record Packed(String coding, String ending) {
        static final Packed NOT = new Packed("", "");
        static final List<Packed> ALL = List.of(new Packed("br", ".br"), new Packed("gzip", ".gz"));
    }

    void answer(HttpCall call, String place) {
        try {
            boolean isIndex = place.isEmpty() || place.equals(INDEX);
            if (isIndex || !answerFile(call, place)) {
                boolean isFile = place.startsWith(DIGESTED) || MediaTypes.of(place).isPresent();
                call.answer(isFile && !isIndex ? HttpAnswer.notFound() : index(call));
            }
        } catch (IOException e) {
            log.warn("Cannot read {} of the control UI: {}", place, e.toString());
            call.answer(HttpAnswer.text("500 Internal Server Error", "It cannot be read."));
        }
    }

    private boolean answerFile(HttpCall call, String place) throws IOException {
        Optional<FileChannel> plain = site.open(place);
        if (plain.isEmpty()) {
            return false;
        }
        try (FileChannel file = plain.get()) {
            List<Packed> accepted = accepted(call);
            for (Packed packed : accepted) {
                Optional<FileChannel> smaller = site.open(place + packed.ending());
                if (smaller.isPresent()) {
                    try (FileChannel bytes = smaller.get()) {
                        transfer(call, place, packed, bytes);
                    }
                    return true;
                }
            }
            transfer(call, place, Packed.NOT, file);
            return true;
        }
    }

    private static List<Packed> accepted(HttpCall call) {
        List<String> codings =
                call.head().headers().getAll("accept-encoding").stream()
                        .flatMap(line -> Stream.of(line.split(",")))
                        .map(String::strip)
                        .toList();
        return Packed.ALL.stream().filter(p -> codings.contains(p.coding())).toList();
    }

    private void transfer(HttpCall call, String place, Packed packed, FileChannel file)
            throws IOException {
        long bytes = file.size();
        String tag =
                "\"%x-%x%s\""
                        .formatted(site.changedMs(place + packed.ending()), bytes, packed.ending());
        HttpAnswer head =
                answer("200 OK", MediaTypes.of(place).orElse(MediaTypes.UNKNOWN), POLICY)
                        .with(place.startsWith(DIGESTED) ? FOR_EVER : ASK_AGAIN)
                        .with("Vary: Accept-Encoding")
                        .with("ETag: " + tag);
        if (isKnown(call, tag)) {
            call.answer(head.unchanged());
        } else {
            call.transfer(
                    packed.equals(Packed.NOT)
                            ? head
                            : head.with("Content-Encoding: " + packed.coding()),
                    bytes,
                    file);
        }
    }

    private HttpAnswer index(HttpCall call) throws IOException {
        Optional<String> file = indexFile();
        if (file.isEmpty()) {
            return HttpAnswer.text("503 Service Unavailable", PlainPage.withoutIndex());
        }
        IndexPage page = IndexPage.of(file.get(), basePath);
        String tag = "\"" + page.tag() + "\"";
        HttpAnswer answer =
                answer("200 OK", MediaTypes.HTML, page.policy())
                        .with(ASK_AGAIN)
                        .with("ETag: " + tag);
        return isKnown(call, tag) ? answer.unchanged() : answer.withBody(page.text());
    }

    private Optional<String> indexFile() throws IOException {
        Optional<FileChannel> found = site.open(INDEX);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (FileChannel file = found.get()) {
            if (file.size() > INDEX_BYTES_MAX) {
                return Optional.empty();
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {
                // until it is full
            }
            return Optional.of(StandardCharsets.UTF_8.decode(bytes.flip()).toString());
        }
    }

    private static HttpAnswer answer(String status, String type, String policy) {
        return new HttpAnswer(status, type, "", List.of()).withPolicy(policy);
    }

    private static boolean isKnown(HttpCall call, String tag) {
        return call.head().headers().getAll("if-none-match").stream()
                .flatMap(line -> Stream.of(line.split(",")))
                .map(known -> known.strip().replaceFirst("^W/", ""))
                .anyMatch(known -> known.equals(tag) || known.equals("*"));
    }
}
