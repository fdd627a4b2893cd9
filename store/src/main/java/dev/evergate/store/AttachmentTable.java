package dev.evergate.store;

import dev.evergate.api.Blob;
import dev.evergate.core.journal.Attachment;
import dev.evergate.core.journal.Attachments;
import dev.evergate.core.journal.Content;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What came with messages, and who has it still: a run, a window, or both. Thread-safe. */
final class AttachmentTable implements Attachments {
    private static final String FIND = "SELECT bytes FROM attachments WHERE sha256 = ?";

    private static final String ADD =
            "INSERT INTO attachments (sha256, bytes) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING";

    /** Only what is there can be held: a message that comes again may have outlived it. */
    private static final String HOLD =
            """
            INSERT INTO attachment_holders (holder, sha256)
            SELECT ?, sha256 FROM attachments WHERE sha256 = ?
            ON CONFLICT (holder, sha256) DO NOTHING
            """;

    private static final String HELD_BY = "SELECT sha256 FROM attachment_holders WHERE holder = ?";

    private static final String RELEASE = "DELETE FROM attachment_holders WHERE holder = ?";

    private static final String REMOVE_IF_FREE =
            """
            DELETE FROM attachments
            WHERE sha256 = ?
                AND NOT EXISTS (
                    SELECT 1 FROM attachment_holders h WHERE h.sha256 = attachments.sha256)
            """;

    private static final String DROPPED_HOLDERS =
            """
            SELECT DISTINCT h.holder
            FROM windows w JOIN attachment_holders h ON h.holder = w.session_id
            WHERE w.dropped = 1
            """;

    private final SqlStore store;

    AttachmentTable(SqlStore store) {
        this.store = store;
    }

    @Override
    public Optional<Blob> find(String sha256) {
        return store.read(
                c ->
                        Schema4.isThere(c)
                                ? c.first(FIND, row -> Blob.of(row.bytes()), sha256)
                                : Optional.empty());
    }

    /** Stores what comes with the message that a run answers. */
    static void add(StoreConnection c, String runId, List<Attachment> attachments)
            throws SQLException {
        for (Attachment attachment : attachments) {
            String sha256 = attachment.data().sha256();
            int _ = c.update(ADD, sha256, attachment.data().bytes());
            int _ = c.update(HOLD, runId, sha256);
        }
    }

    /** From now on the holder has what a content names. */
    static void hold(StoreConnection c, String holder, Content content) throws SQLException {
        for (Content.Block.Image image : content.images()) {
            int _ = c.update(HOLD, holder, image.sha256());
        }
    }

    /** The holder is gone; what nobody else has goes with it. */
    static void release(StoreConnection c, String holder) throws SQLException {
        if (!Schema4.isThere(c)) {
            return;
        }
        List<String> held = c.list(HELD_BY, Row::text, holder);
        if (held.isEmpty()) {
            return;
        }
        int _ = c.update(RELEASE, holder);
        for (String sha256 : held) {
            int _ = c.update(REMOVE_IF_FREE, sha256);
        }
    }

    /** Releases what dropped windows have. */
    static void releaseDropped(StoreConnection c) throws SQLException {
        if (Schema4.isThere(c)) {
            for (String holder : c.list(DROPPED_HOLDERS, Row::text)) {
                release(c, holder);
            }
        }
    }
}
