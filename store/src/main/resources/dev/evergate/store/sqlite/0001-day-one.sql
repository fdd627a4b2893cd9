-- "EVGT": tells a store of ours from any other SQLite file.
PRAGMA application_id = 0x45564754;

-- Who may write. One row today: the gateway lease.
CREATE TABLE leases (
    name       TEXT    PRIMARY KEY,
    epoch      INTEGER NOT NULL,
    held       INTEGER NOT NULL,
    instance   TEXT    NOT NULL,
    generation INTEGER NOT NULL
);

-- Every accepted message, until 48 hours after its fate.
CREATE TABLE inbox (
    arrival        INTEGER PRIMARY KEY,
    message_id     TEXT    NOT NULL,
    channel        TEXT    NOT NULL,
    account        TEXT    NOT NULL,
    external_id    TEXT    NOT NULL,
    session_key    TEXT    NOT NULL,
    run_id         TEXT    NOT NULL,
    text           TEXT    NOT NULL,
    received_at_ms INTEGER NOT NULL,
    fate           TEXT    NOT NULL
);
CREATE UNIQUE INDEX inbox_origin ON inbox (channel, account, external_id);
CREATE UNIQUE INDEX inbox_run ON inbox (run_id);
CREATE INDEX inbox_pending ON inbox (arrival) WHERE fate = 'PENDING';

-- A window is one stretch of a conversation: a reset starts another.
-- A dropped one waits for its rows to be removed and is known to nobody.
CREATE TABLE windows (
    session_id  TEXT    PRIMARY KEY,
    session_key TEXT    NOT NULL,
    last_seq    INTEGER NOT NULL,
    dropped     INTEGER NOT NULL
);
CREATE INDEX windows_key ON windows (session_key);
CREATE INDEX windows_dropped ON windows (session_id) WHERE dropped = 1;

-- Conversations. changed rises with every change: it orders, wall clocks do not.
CREATE TABLE sessions (
    session_key   TEXT    PRIMARY KEY,
    session_id    TEXT    NOT NULL UNIQUE REFERENCES windows,
    agent_id      TEXT    NOT NULL,
    label         TEXT    NOT NULL,
    search_text   TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    changed       INTEGER NOT NULL,
    input_tokens  INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    preview       TEXT    NOT NULL
);
CREATE UNIQUE INDEX sessions_changed ON sessions (changed);
CREATE INDEX sessions_agent ON sessions (agent_id, changed);

CREATE TABLE transcript (
    session_id    TEXT    NOT NULL REFERENCES windows,
    seq           INTEGER NOT NULL,
    row_id        TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    text          TEXT    NOT NULL,
    run_id        TEXT    NOT NULL,
    timestamp_ms  INTEGER NOT NULL,
    provider      TEXT    NOT NULL,
    model         TEXT    NOT NULL,
    stop_reason   TEXT    NOT NULL,
    input_tokens  INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    PRIMARY KEY (session_id, seq)
);

-- epoch is the turn's own lease: who began its latest attempt.
CREATE TABLE turns (
    run_id        TEXT    PRIMARY KEY,
    message_id    TEXT    NOT NULL,
    session_key   TEXT    NOT NULL,
    session_id    TEXT    NOT NULL,
    user_seq      INTEGER NOT NULL,
    reply_seq     INTEGER NOT NULL,
    state         TEXT    NOT NULL,
    attempt       INTEGER NOT NULL,
    epoch         INTEGER NOT NULL,
    partial_text  TEXT    NOT NULL,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms   INTEGER NOT NULL,
    error         TEXT    NOT NULL
);
CREATE INDEX turns_ended ON turns (ended_at_ms) WHERE ended_at_ms > 0;

CREATE TABLE outbox (
    position           INTEGER PRIMARY KEY,
    delivery_id        TEXT    NOT NULL UNIQUE,
    run_id             TEXT    NOT NULL,
    channel            TEXT    NOT NULL,
    account            TEXT    NOT NULL,
    target             TEXT    NOT NULL,
    text               TEXT    NOT NULL,
    state              TEXT    NOT NULL,
    attempts           INTEGER NOT NULL,
    next_attempt_at_ms INTEGER NOT NULL,
    receipt            TEXT    NOT NULL
);
CREATE INDEX outbox_open ON outbox (position) WHERE state IN ('PENDING', 'SENDING', 'UNKNOWN');
CREATE INDEX outbox_run ON outbox (run_id);

-- The last time a write was proven possible.
CREATE TABLE proofs (
    name         TEXT    PRIMARY KEY,
    proven_at_ms INTEGER NOT NULL
);
