-- Issuers by the address they were reached at; their identifier is pinned at the first contact.
CREATE TABLE issuer (
    address    TEXT PRIMARY KEY,
    identifier TEXT NOT NULL,
    key_set    TEXT NOT NULL,
    fetched_at INTEGER NOT NULL
) STRICT;

-- One account per issuer and environment: keys of one world never meet another.
CREATE TABLE account (
    id                INTEGER PRIMARY KEY,
    issuer            TEXT NOT NULL,
    environment       TEXT NOT NULL,
    device_key        BLOB NOT NULL,
    holder_commitment TEXT NOT NULL,
    consent_key       BLOB NOT NULL,
    holder_secret     BLOB NOT NULL,
    user_id           TEXT,
    created_at        INTEGER NOT NULL,
    UNIQUE (issuer, environment)
) STRICT;

-- The last tree head seen, so that the tree cannot be turned back.
CREATE TABLE tree_head (
    account     INTEGER PRIMARY KEY REFERENCES account (id),
    digest      TEXT NOT NULL,
    tree_size   INTEGER NOT NULL,
    revocations INTEGER NOT NULL,
    root        TEXT NOT NULL,
    timestamp   INTEGER NOT NULL
) STRICT;

CREATE TABLE credential (
    id         TEXT PRIMARY KEY,
    account    INTEGER NOT NULL REFERENCES account (id),
    document   TEXT NOT NULL,
    state      TEXT NOT NULL,
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- One row per attempt to share. `body` and `idempotency_key` are what may be sent again; the body is wiped at the end.
CREATE TABLE attempt (
    id              INTEGER PRIMARY KEY,
    account         INTEGER NOT NULL REFERENCES account (id),
    kind            TEXT NOT NULL,
    subject         TEXT NOT NULL,
    state           TEXT NOT NULL,
    reason          TEXT,
    idempotency_key TEXT NOT NULL UNIQUE,
    body            BLOB,
    expires_at      INTEGER NOT NULL,
    sent_at         INTEGER,
    updated_at      INTEGER NOT NULL
) STRICT;
-- Two attempts never answer one session at the same time, nor after it was answered.
CREATE UNIQUE INDEX attempt_in_the_way ON attempt (account, subject)
    WHERE state IN ('consuming', 'proved', 'sent', 'unknown', 'shared', 'declined');

-- Shares this wallet made; code and token are wiped once they open nothing.
CREATE TABLE share (
    id          TEXT PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES account (id),
    state       TEXT NOT NULL,
    permissions TEXT NOT NULL,
    audience    TEXT,
    code        TEXT,
    token       TEXT,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER,
    used_by     TEXT
) STRICT;

-- What happened, for the person. No values of claims.
CREATE TABLE history (
    id          INTEGER PRIMARY KEY,
    attempt     INTEGER UNIQUE,
    at          INTEGER NOT NULL,
    way         TEXT NOT NULL,
    verifier_id TEXT,
    verifier    TEXT,
    permissions TEXT NOT NULL,
    predicates  TEXT NOT NULL,
    environment TEXT NOT NULL,
    reference   TEXT,
    outcome     TEXT NOT NULL,
    reason      TEXT
) STRICT;
CREATE INDEX history_by_time ON history (at);

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
