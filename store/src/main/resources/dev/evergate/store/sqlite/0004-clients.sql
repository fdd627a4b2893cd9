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
