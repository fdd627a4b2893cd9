package dev.evergate.server.openai;

import dev.evergate.core.config.RemotePictures;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Attachment;
import dev.evergate.server.fetch.FetchRefused;
import dev.evergate.server.fetch.Fetched;
import dev.evergate.server.fetch.Fetcher;
import dev.evergate.server.wire.Enclosures;

import java.util.Locale;

/**
 * Makes pictures of the addresses in one request: of those that are the picture themselves, and,
 * where that is switched on, of those where a picture is to be fetched. For one thread; waits.
 */
final class Pictures {
    /** Pictures that one request may have fetched: each of its words would cost us a request. */
    static final int FETCHED_MAX = 8;

    private static final int SHOWN_CHARS_MAX = 40;

    private final Fetcher fetcher;
    private final RemotePictures terms;
    private final String key;
    private int fetched;
    private int fetchedBytes;

    /**
     * @param key where the terms are configured
     */
    Pictures(Fetcher fetcher, RemotePictures terms, String key) {
        this.fetcher = fetcher;
        this.terms = terms;
        this.key = key;
    }

    /**
     * @throws EvergateException INVALID_REQUEST if no picture can be had; UNAVAILABLE if nobody
     *     waits for it any more
     */
    Attachment picture(String url) {
        boolean isElsewhere = isElsewhere(url);
        if (isElsewhere && terms.areFetched()) {
            return fetch(url);
        }
        String hint =
                isElsewhere
                        ? "; nothing is fetched from elsewhere until: evergate config set %s.allowUrl true"
                        : "";
        return Enclosures.image(url)
                .orElseThrow(
                        () ->
                                unfit(
                                        url,
                                        "is none (expected: %s%s)"
                                                .formatted(
                                                        Enclosures.expectedImage(),
                                                        hint.formatted(key))));
    }

    private static boolean isElsewhere(String url) {
        String lower = url.substring(0, Math.min(8, url.length())).toLowerCase(Locale.ROOT);
        return lower.startsWith("https://") || lower.startsWith("http://");
    }

    private Attachment fetch(String url) {
        fetched++;
        int room = Enclosures.BYTES_MAX - fetchedBytes;
        if (fetched > FETCHED_MAX || room <= 0) {
            throw unfit(
                    url,
                    "is one too many (expected: at most %d that have to be fetched, and %d bytes)"
                            .formatted(FETCHED_MAX, Enclosures.BYTES_MAX));
        }
        try {
            Fetched found = fetcher.fetch(url, terms.within(room));
            fetchedBytes += found.data().size();
            return Enclosures.image(found.type(), found.data())
                    .orElseThrow(() -> unfit(url, "is not what its server calls it"));
        } catch (FetchRefused refused) {
            throw unfit(url, String.valueOf(refused.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new EvergateException(
                    ErrorCode.UNAVAILABLE, "gateway restarting; ask again in a moment");
        }
    }

    private static EvergateException unfit(String url, String why) {
        String shown = url.substring(0, Math.min(SHOWN_CHARS_MAX, url.length()));
        return new EvergateException(
                ErrorCode.INVALID_REQUEST,
                "Invalid picture in the request: \"%s…\" %s.".formatted(shown, why));
    }
}
