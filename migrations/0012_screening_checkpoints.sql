-- Signed statements of how long the log of screening was and what its newest entry's digest was, as of audit logs.
CREATE TABLE screening_checkpoints (
    sequence   BIGINT NOT NULL PRIMARY KEY,
    note       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
