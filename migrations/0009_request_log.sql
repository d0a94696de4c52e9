-- What the API answered to each workspace: patterns of addresses, never addresses; no bodies, no tokens, no network addresses.
-- scope is an environment, or 'workspace' for requests of signed-in users, which belong to both.
CREATE TABLE request_log (
    id              TEXT   NOT NULL PRIMARY KEY,
    institution_id  TEXT   NOT NULL,
    scope           TEXT   NOT NULL,
    key_id          TEXT,
    user_id         TEXT,
    method          TEXT   NOT NULL,
    route           TEXT   NOT NULL,
    status          BIGINT NOT NULL,
    problem_code    TEXT,
    replayed        BIGINT NOT NULL,
    duration_ms     BIGINT NOT NULL,
    verification_id TEXT,
    created_at      BIGINT NOT NULL
);
CREATE INDEX request_log_workspace ON request_log (institution_id, scope, id);
CREATE INDEX request_log_verification ON request_log (verification_id) WHERE verification_id IS NOT NULL;
