-- Counts of requests that all server processes share, by the digest of what is counted: the moment, in microseconds since the
-- epoch, at which the quota is whole again. With SQLite they live in the one process's memory.
CREATE TABLE limit_counts (
    name     BYTEA  NOT NULL PRIMARY KEY,
    whole_at BIGINT NOT NULL
);
CREATE INDEX limit_counts_whole ON limit_counts (whole_at);

-- A documented sandbox token: a share like any other, but it may be redeemed again and again.
ALTER TABLE shares ADD COLUMN fixture TEXT;

-- The sandbox clock of a workspace: how far it is ahead of ours, seconds.
ALTER TABLE institutions ADD COLUMN sandbox_seconds_ahead BIGINT NOT NULL DEFAULT 0;

-- Signed statements of how long a workspace's audit log was and what its newest entry's digest was, so that a log that was cut
-- short or written anew is noticed by whoever holds one of them.
CREATE TABLE audit_checkpoints (
    institution_id TEXT   NOT NULL REFERENCES institutions (id),
    sequence       BIGINT NOT NULL,
    note           TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (institution_id, sequence)
);
