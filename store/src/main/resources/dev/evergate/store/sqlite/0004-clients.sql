-- What a message or a row consists of, as JSON, when it is more than its text; and how it is to be
-- answered.
ALTER TABLE inbox ADD COLUMN content TEXT NOT NULL DEFAULT '';
ALTER TABLE inbox ADD COLUMN options TEXT NOT NULL DEFAULT '';
ALTER TABLE transcript ADD COLUMN content TEXT NOT NULL DEFAULT '';

-- What comes with messages, once for the same bytes.
CREATE TABLE attachments (
    sha256 TEXT PRIMARY KEY,
    bytes  BLOB NOT NULL
);

-- Who has it: the run of a message, or a window.
CREATE TABLE attachment_holders (
    holder TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES attachments,
    PRIMARY KEY (holder, sha256)
);
CREATE INDEX attachment_holders_sha256 ON attachment_holders (sha256);

-- sessions: what people and clients have settled for a conversation (details is a JSON object),
-- what it is about, and when somebody last said something in it.
ALTER TABLE sessions ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
ALTER TABLE sessions ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN spoken_at_ms INTEGER NOT NULL DEFAULT 0;

-- The last of the rows that this one stands for to models; 0 for what stands for itself alone.
ALTER TABLE transcript ADD COLUMN covers_seq INTEGER NOT NULL DEFAULT 0;
CREATE INDEX transcript_covers ON transcript (session_id, seq) WHERE covers_seq > 0;

-- What people call devices. It goes with its device.
CREATE TABLE device_labels (
    device_id TEXT PRIMARY KEY,
    label     TEXT NOT NULL
);

-- What devices may do for others as nodes, and what they offer beyond that (asked_id is empty if
-- nothing). Names have no blanks and are joined by them.
CREATE TABLE nodes (
    device_id       TEXT    PRIMARY KEY,
    caps            TEXT    NOT NULL,
    commands        TEXT    NOT NULL,
    allowed_at_ms   INTEGER NOT NULL,
    asked_id        TEXT    NOT NULL,
    asked_caps      TEXT    NOT NULL,
    asked_commands  TEXT    NOT NULL,
    asked_at_ms     INTEGER NOT NULL,
    version         TEXT    NOT NULL,
    connected_at_ms INTEGER NOT NULL
);

-- What models have cost, day by day, without reading what they have said.
CREATE INDEX transcript_usage
    ON transcript (timestamp_ms, session_id, provider, model, input_tokens, output_tokens)
    WHERE input_tokens + output_tokens > 0;
