-- Clients that prove themselves by a key, as they were allowed.
CREATE TABLE devices (
    device_id       TEXT    PRIMARY KEY,
    public_key      TEXT    NOT NULL,
    platform        TEXT    NOT NULL,
    family          TEXT    NOT NULL,
    client_id       TEXT    NOT NULL,
    client_mode     TEXT    NOT NULL,
    display_name    TEXT    NOT NULL,
    remote_ip       TEXT    NOT NULL,
    via             TEXT    NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    approved_at_ms  INTEGER NOT NULL,
    last_seen_at_ms INTEGER NOT NULL
);

-- What each may be. A token is made of its salt and a key outside of the database.
CREATE TABLE device_roles (
    device_id    TEXT    NOT NULL REFERENCES devices,
    role         TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,
    token_salt   TEXT    NOT NULL,
    token_hash   TEXT    NOT NULL,
    issued_at_ms INTEGER NOT NULL,
    PRIMARY KEY (device_id, role)
);

-- What a device, allowed or not, asks for.
CREATE TABLE device_requests (
    device_id    TEXT    PRIMARY KEY,
    public_key   TEXT    NOT NULL,
    request_id   TEXT    NOT NULL,
    platform     TEXT    NOT NULL,
    family       TEXT    NOT NULL,
    client_id    TEXT    NOT NULL,
    client_mode  TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    remote_ip    TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,
    asked_at_ms  INTEGER NOT NULL
);
