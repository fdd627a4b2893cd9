package dev.evergate.core.gateway;

import dev.evergate.api.CancelSignal;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.MessageOptions;
import dev.evergate.core.journal.Sessions.Shortening;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.TurnJournal.Begun;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;

/**
 * Has a conversation summed up when its beginning does not fit the model any more, before the
 * message is answered. If that fails, the answer goes without the beginning. Blocks.
 */
record TurnCompaction(GatewayParts parts, Epoch epoch, Begun begun, RunVoice spoken) {
    private static final Logger log = LoggerFactory.getLogger(TurnCompaction.class);

    void ifFull(MessageOptions options, CancelSignal cancel) {
        boolean isWanted = parts.config().agents().compacting().isAutomatic();
        if (isWanted && parts.prompt(options).isFull(begun)) {
            compact(options, cancel);
        }
    }

    private void compact(MessageOptions options, CancelSignal cancel) {
        TranscriptRow asked = begun.userRow();
        var news = new CompactionNews(parts, begun.turn().sessionKey(), begun.session().agentId());
        var compactor = new Compactor(parts, asked.sessionId(), asked.seq() - 1, options);
        try {
            Compacted result = compactor.summedUp("", cancel, new Observer(news));
            news.ended(result);
            boolean isDone = result instanceof Compacted.Done;
            spoken.compacting(true, isDone);
            if (result instanceof Compacted.Failed(var why)) {
                log.warn("The conversation of turn {} was not summed up: {}", runId(), why);
            }
        } catch (EvergateException e) {
            news.over(false, String.valueOf(e.getMessage()));
            spoken.compacting(true, false);
            log.warn("The conversation of turn {} was not summed up: {}", runId(), e.getMessage());
        }
    }

    private String runId() {
        return begun.turn().runId();
    }

    /** Writes as the turn itself does. */
    private final class Observer implements Compactor.Observer {
        private final CompactionNews news;

        Observer(CompactionNews news) {
            this.news = news;
        }

        @Override
        public void begins() {
            news.begins();
            spoken.compacting(false, false);
        }

        @Override
        public Optional<TranscriptRow> write(Shortening shortening) {
            return parts.journal().sessions().shorten(epoch, shortening);
        }
    }
}
