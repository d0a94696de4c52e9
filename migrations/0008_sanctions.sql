-- Sanctions lists in force, the holders screened against them, and what operators decided.

-- Versions are numbered from 1; the greatest is in force. One is confirmed again when the same lists are loaded again.
CREATE TABLE sanctions_versions (
    version      BIGINT NOT NULL PRIMARY KEY,
    digest       BYTEA  NOT NULL,
    loaded_at    BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    changes      TEXT   NOT NULL
);
-- The entries are JSON in content, whose SHA-256 is digest; a version before the last two keeps the digest alone.
CREATE TABLE sanctions_lists (
    version   BIGINT NOT NULL REFERENCES sanctions_versions (version),
    name      TEXT   NOT NULL,
    edition   TEXT   NOT NULL,
    published TEXT,
    entries   BIGINT NOT NULL,
    excerpt   BIGINT NOT NULL,
    digest    BYTEA  NOT NULL,
    content   BYTEA,
    PRIMARY KEY (version, name)
);

-- What it takes to screen a holder again: their names and what they declared, sealed, with the hits that stand against them.
-- version is the lists' they were screened against last.
CREATE TABLE screened_holders (
    user_id       TEXT   NOT NULL PRIMARY KEY REFERENCES wallet_users (id),
    sealed_person BYTEA  NOT NULL,
    sealed_hits   BYTEA,
    version       BIGINT NOT NULL,
    screened_at   BIGINT NOT NULL,
    declared_at   BIGINT NOT NULL
);

-- A false positive an operator cleared: for this person and this entry, as long as both say what they said then.
CREATE TABLE sanctions_clearances (
    id            TEXT   NOT NULL PRIMARY KEY,
    user_id       TEXT   NOT NULL REFERENCES wallet_users (id),
    list          TEXT   NOT NULL,
    entry         TEXT   NOT NULL,
    person_digest BYTEA  NOT NULL,
    entry_digest  BYTEA  NOT NULL,
    sealed_reason BYTEA  NOT NULL,
    cleared_by    TEXT   NOT NULL,
    cleared_at    BIGINT NOT NULL
);
CREATE INDEX sanctions_clearances_user ON sanctions_clearances (user_id);

-- What happened around screening, every entry hashed with the one before. Identifiers only, no names of holders.
CREATE TABLE screening_log_head (
    one      BIGINT NOT NULL PRIMARY KEY,
    sequence BIGINT NOT NULL,
    digest   BYTEA  NOT NULL
);
CREATE TABLE screening_log (
    sequence   BIGINT NOT NULL PRIMARY KEY,
    action     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    detail     TEXT   NOT NULL,
    actor      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    digest     BYTEA  NOT NULL
);
