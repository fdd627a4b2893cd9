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

-- Who did what. Entries follow each other without gaps, each with the hash of the one before;
-- answers is the entry whose outcome it is, or 0.
CREATE TABLE audit (
    seq        INTEGER PRIMARY KEY,
    at_ms      INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    answers    INTEGER NOT NULL,
    method     TEXT    NOT NULL,
    device     TEXT    NOT NULL,
    user       TEXT    NOT NULL,
    client     TEXT    NOT NULL,
    connection TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    target     TEXT    NOT NULL,
    scope      TEXT    NOT NULL,
    detail     TEXT    NOT NULL,
    result     TEXT    NOT NULL,
    times      INTEGER NOT NULL,
    previous   TEXT    NOT NULL,
    hash       TEXT    NOT NULL
);
CREATE INDEX audit_answers ON audit (answers) WHERE answers > 0;

-- Up to where entries have been let go; what is kept begins behind the newest.
CREATE TABLE audit_roots (
    seq  INTEGER PRIMARY KEY,
    hash TEXT    NOT NULL
);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'an entry of the audit log is never changed');
END;

CREATE TRIGGER audit_goes_from_its_beginning BEFORE DELETE ON audit
WHEN OLD.seq > COALESCE((SELECT MAX(seq) FROM audit_roots), 0)
BEGIN
    SELECT RAISE(ABORT, 'an entry of the audit log goes only when a root stands for it');
END;

CREATE TRIGGER audit_goes_on BEFORE INSERT ON audit
WHEN NEW.seq <> 1 + COALESCE((SELECT MAX(seq) FROM audit), (SELECT MAX(seq) FROM audit_roots), 0)
BEGIN
    SELECT RAISE(ABORT, 'an entry of the audit log goes to its end');
END;

CREATE TRIGGER audit_roots_were_entries BEFORE INSERT ON audit_roots
WHEN NOT EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq AND hash = NEW.hash)
BEGIN
    SELECT RAISE(ABORT, 'a root of the audit log is one of its entries');
END;

CREATE TRIGGER audit_roots_are_not_changed BEFORE UPDATE ON audit_roots
BEGIN
    SELECT RAISE(ABORT, 'a root of the audit log is never changed');
END;

CREATE TRIGGER audit_roots_stay BEFORE DELETE ON audit_roots
BEGIN
    SELECT RAISE(ABORT, 'a root of the audit log stays');
END;
