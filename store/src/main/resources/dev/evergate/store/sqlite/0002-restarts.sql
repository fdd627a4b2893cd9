-- What became of each restart; the newest 200 are kept.
CREATE TABLE restarts (
    generation      INTEGER PRIMARY KEY,
    from_generation INTEGER NOT NULL,
    cause           TEXT    NOT NULL,
    result          TEXT    NOT NULL,
    why             TEXT    NOT NULL,
    requested_at_ms INTEGER NOT NULL,
    total_ms        INTEGER NOT NULL
);

-- Whatever else is known of a restart, by name.
CREATE TABLE restart_fields (
    generation INTEGER NOT NULL REFERENCES restarts,
    name       TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    PRIMARY KEY (generation, name)
);
