package dev.evergate.testkit.journal;

import dev.evergate.api.Blob;
import dev.evergate.core.fault.ErrorCode;
import dev.evergate.core.fault.EvergateException;
import dev.evergate.core.journal.AcceptedMessage;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.AuditEntry;
import dev.evergate.core.journal.Compaction;
import dev.evergate.core.journal.Device;
import dev.evergate.core.journal.Epoch;
import dev.evergate.core.journal.IncomingMessage;
import dev.evergate.core.journal.Leases;
import dev.evergate.core.journal.Outbox;
import dev.evergate.core.journal.RestartReport;
import dev.evergate.core.journal.Session;
import dev.evergate.core.journal.SetupCode;
import dev.evergate.core.journal.TranscriptRow;
import dev.evergate.core.journal.Turn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a {@link MemoryJournal} has written: it outlives the journal, as a disk outlives a process.
 */
public final class MemoryDisk {
    /** A turn with what only the journal knows of it. */
    record StoredTurn(Turn turn, long epoch, long userSeq, List<String> endingRows) {}

    /** A window of a conversation. */
    record Window(String key, List<TranscriptRow> rows) {}

    Map<IncomingMessage.Origin, AcceptedMessage> inbox = new LinkedHashMap<>();
    Map<String, StoredTurn> turns = new LinkedHashMap<>();

    /** Oldest change first. */
    Map<String, Session> sessions = new LinkedHashMap<>();

    Map<String, Window> windows = new LinkedHashMap<>();

    /** Oldest first. */
    List<Compaction> compactions = new ArrayList<>();

    Map<String, Outbox.Delivery> deliveries = new LinkedHashMap<>();
    NavigableMap<Long, RestartReport> restarts = new TreeMap<>();
    Map<String, Device> devices = new LinkedHashMap<>();

    /** Oldest first. */
    Map<String, SetupCode> setupCodes = new LinkedHashMap<>();

    /** Oldest first; a memory lets none go. */
    List<AuditEntry> audit = new ArrayList<>();

    /** By SHA-256; a memory forgets nothing. */
    Map<String, Blob> attachments = new LinkedHashMap<>();

    long epoch;
    Optional<Leases.Holder> holder = Optional.empty();

    MemoryDisk copy() {
        var copy = new MemoryDisk();
        copy.restore(this);
        return copy;
    }

    void restore(MemoryDisk other) {
        inbox = new LinkedHashMap<>(other.inbox);
        turns = new LinkedHashMap<>(other.turns);
        sessions = new LinkedHashMap<>(other.sessions);
        compactions = new ArrayList<>(other.compactions);
        windows = new LinkedHashMap<>();
        other.windows.forEach(
                (id, window) ->
                        windows.put(id, new Window(window.key(), new ArrayList<>(window.rows()))));
        deliveries = new LinkedHashMap<>(other.deliveries);
        restarts = new TreeMap<>(other.restarts);
        devices = new LinkedHashMap<>(other.devices);
        setupCodes = new LinkedHashMap<>(other.setupCodes);
        audit = new ArrayList<>(other.audit);
        attachments = new LinkedHashMap<>(other.attachments);
        epoch = other.epoch;
        holder = other.holder;
    }

    void keep(Attachment attachment) {
        attachments.put(attachment.data().sha256(), attachment.data());
    }

    /** Lets only the holder of the gateway lease pass. */
    void require(Epoch wanted) {
        if (holder.isEmpty() || wanted.value() != epoch) {
            throw fenced(wanted, "the gateway lease is at epoch " + epoch);
        }
    }

    static EvergateException fenced(Epoch wanted, String why) {
        return new EvergateException(
                ErrorCode.FENCED, "Epoch %d may not write this: %s".formatted(wanted.value(), why));
    }
}
