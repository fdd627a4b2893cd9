-- Codes that let one device in each (used_by is empty while one has let in none). Only the hash of
-- a code is kept.
CREATE TABLE setup_codes (
    setup_id      TEXT    PRIMARY KEY,
    code_hash     TEXT    NOT NULL,
    access        TEXT    NOT NULL,
    issued_at_ms  INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    used_by       TEXT    NOT NULL,
    used_at_ms    INTEGER NOT NULL
);
