-- One history for both engines: TEXT, BIGINT (seconds since the epoch, counts, 0/1) and BYTEA only.
-- Nothing here holds a raw transaction, an undisclosed claim, or a secret in clear.

-- Issuer keys, sealed under the master key. A retired key still verifies what it signed.
CREATE TABLE issuer_keys (
    kid         TEXT   NOT NULL PRIMARY KEY,
    environment TEXT   NOT NULL,
    purpose     TEXT   NOT NULL,
    public_key  BYTEA  NOT NULL,
    sealed_key  BYTEA  NOT NULL,
    created_at  BIGINT NOT NULL,
    retired_at  BIGINT
);
CREATE UNIQUE INDEX issuer_keys_current ON issuer_keys (environment, purpose) WHERE retired_at IS NULL;

-- The credential tree of each environment, its nodes and its chain of signed heads.
CREATE TABLE trees (
    environment TEXT   NOT NULL PRIMARY KEY,
    sequence    BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    revocations BIGINT NOT NULL,
    root        BYTEA  NOT NULL,
    head        TEXT   NOT NULL
);
CREATE TABLE tree_nodes (
    environment TEXT   NOT NULL,
    level       BIGINT NOT NULL,
    position    BIGINT NOT NULL,
    hash        BYTEA  NOT NULL,
    PRIMARY KEY (environment, level, position)
);
CREATE TABLE tree_heads (
    environment TEXT   NOT NULL,
    sequence    BIGINT NOT NULL,
    head        TEXT   NOT NULL,
    digest      BYTEA  NOT NULL UNIQUE,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (environment, sequence)
);

-- Holders' wallet accounts.
CREATE TABLE wallet_users (
    id                TEXT   NOT NULL PRIMARY KEY,
    environment       TEXT   NOT NULL,
    device_key        BYTEA  NOT NULL UNIQUE,
    holder_commitment TEXT   NOT NULL UNIQUE,
    sanctions_match   BIGINT NOT NULL DEFAULT 0,
    created_at        BIGINT NOT NULL
);
CREATE TABLE wallet_challenges (
    digest     BYTEA  NOT NULL PRIMARY KEY,
    device_key BYTEA  NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX wallet_challenges_expiry ON wallet_challenges (expires_at);

-- Bank connections; consent state, tokens and the declared name are sealed.
CREATE TABLE bank_links (
    id             TEXT   NOT NULL PRIMARY KEY,
    user_id        TEXT   NOT NULL REFERENCES wallet_users (id),
    provider       TEXT   NOT NULL,
    status         TEXT   NOT NULL,
    state_digest   BYTEA  UNIQUE,
    sealed_pending BYTEA,
    sealed_tokens  BYTEA,
    sealed_name    BYTEA  NOT NULL,
    expires_at     BIGINT NOT NULL,
    created_at     BIGINT NOT NULL
);
CREATE INDEX bank_links_user ON bank_links (user_id, created_at);

-- Credentials: where the leaf is and what the claims rested on, never the claims.
CREATE TABLE credentials (
    id              TEXT   NOT NULL PRIMARY KEY,
    user_id         TEXT   NOT NULL REFERENCES wallet_users (id),
    link_id         TEXT   NOT NULL REFERENCES bank_links (id),
    environment     TEXT   NOT NULL,
    leaf_index      BIGINT NOT NULL,
    evidence_digest BYTEA  NOT NULL,
    issued_at       BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    revoked_at      BIGINT,
    UNIQUE (environment, leaf_index)
);
CREATE INDEX credentials_user ON credentials (user_id, issued_at);

-- Institutions, their users, sessions and keys.
CREATE TABLE institutions (
    id           TEXT   NOT NULL PRIMARY KEY,
    name         TEXT   NOT NULL,
    live_enabled BIGINT NOT NULL DEFAULT 0,
    created_at   BIGINT NOT NULL
);
CREATE TABLE institution_users (
    id             TEXT   NOT NULL PRIMARY KEY,
    institution_id TEXT   NOT NULL REFERENCES institutions (id),
    email          TEXT   NOT NULL UNIQUE,
    password_hash  TEXT   NOT NULL,
    created_at     BIGINT NOT NULL
);
-- A sign-in and the refresh tokens that follow from it. Whether a token counts is decided on the family's one row, so that
-- revoking a family cannot miss a token that is being made at the same moment.
CREATE TABLE refresh_families (
    id             TEXT   NOT NULL PRIMARY KEY,
    institution_id TEXT   NOT NULL REFERENCES institutions (id),
    user_id        TEXT   NOT NULL REFERENCES institution_users (id),
    created_at     BIGINT NOT NULL,
    last_used_at   BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    revoked_at     BIGINT
);
CREATE INDEX refresh_families_user ON refresh_families (user_id);
CREATE TABLE refresh_tokens (
    digest      BYTEA  NOT NULL PRIMARY KEY,
    family_id   TEXT   NOT NULL REFERENCES refresh_families (id),
    consumed_at BIGINT
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family_id);
-- A rotated key works until ends_at, a revoked one not at all.
CREATE TABLE api_keys (
    id             TEXT   NOT NULL PRIMARY KEY,
    institution_id TEXT   NOT NULL REFERENCES institutions (id),
    environment    TEXT   NOT NULL,
    kind           TEXT   NOT NULL,
    digest         BYTEA  NOT NULL UNIQUE,
    last_four      TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    last_used_at   BIGINT,
    ends_at        BIGINT,
    revoked_at     BIGINT
);
CREATE INDEX api_keys_institution ON api_keys (institution_id, id);

-- The web origins from which a workspace's publishable keys may be used.
CREATE TABLE institution_origins (
    origin         TEXT   NOT NULL,
    institution_id TEXT   NOT NULL REFERENCES institutions (id),
    environment    TEXT   NOT NULL,
    PRIMARY KEY (origin, institution_id, environment)
);
CREATE INDEX institution_origins_owner ON institution_origins (institution_id);

-- Verifications: what was disclosed and the evidence for it.
CREATE TABLE verifications (
    id             TEXT   NOT NULL PRIMARY KEY,
    institution_id TEXT   NOT NULL REFERENCES institutions (id),
    environment    TEXT   NOT NULL,
    token_digest   BYTEA,
    response       TEXT   NOT NULL,
    evidence       TEXT,
    created_at     BIGINT NOT NULL
);
CREATE INDEX verifications_institution ON verifications (institution_id, environment, id);
CREATE INDEX verifications_token ON verifications (institution_id, environment, token_digest, id);

-- A presentation counts once, whatever its proof bytes: replay is keyed on context and nullifier.
CREATE TABLE nullifiers (
    context    TEXT   NOT NULL,
    nullifier  TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (context, nullifier)
);

-- Requests by institutions, and shares by holders. Codes are stored as keyed digests.
CREATE TABLE sessions (
    id                   TEXT   NOT NULL PRIMARY KEY,
    institution_id       TEXT   NOT NULL REFERENCES institutions (id),
    environment          TEXT   NOT NULL,
    code_digest          BYTEA  NOT NULL UNIQUE,
    client_secret_digest BYTEA  NOT NULL,
    display_name         TEXT,
    permissions          TEXT   NOT NULL,
    predicates           TEXT   NOT NULL,
    state                TEXT   NOT NULL,
    decline_reason       TEXT,
    failed_attempts      BIGINT NOT NULL DEFAULT 0,
    verification_id      TEXT   REFERENCES verifications (id),
    expires_at           BIGINT NOT NULL,
    created_at           BIGINT NOT NULL
);
CREATE INDEX sessions_institution ON sessions (institution_id, environment, id);
CREATE TABLE shares (
    id              TEXT   NOT NULL PRIMARY KEY,
    user_id         TEXT   NOT NULL REFERENCES wallet_users (id),
    environment     TEXT   NOT NULL,
    code_digest     BYTEA  NOT NULL UNIQUE,
    token_digest    BYTEA  NOT NULL UNIQUE,
    audience        TEXT   REFERENCES institutions (id),
    nonce           TEXT   NOT NULL,
    permissions     TEXT   NOT NULL,
    predicates      TEXT   NOT NULL,
    sealed_content  BYTEA,
    expires_at      BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    revoked_at      BIGINT,
    used_at         BIGINT,
    verification_id TEXT   REFERENCES verifications (id)
);
CREATE INDEX shares_user ON shares (user_id, id);

-- Webhooks. An endpoint that was removed keeps its row, because its deliveries are a record, but no secret.
CREATE TABLE webhook_endpoints (
    id                     TEXT   NOT NULL PRIMARY KEY,
    institution_id         TEXT   NOT NULL REFERENCES institutions (id),
    environment            TEXT   NOT NULL,
    url                    TEXT   NOT NULL,
    events                 TEXT   NOT NULL,
    sealed_secret          BYTEA  NOT NULL,
    sealed_previous_secret BYTEA,
    previous_secret_until  BIGINT,
    enabled                BIGINT NOT NULL,
    disabled_reason        TEXT,
    disabled_at            BIGINT,
    failing_since          BIGINT,
    created_at             BIGINT NOT NULL,
    removed_at             BIGINT
);
CREATE INDEX webhook_endpoints_institution ON webhook_endpoints (institution_id, environment) WHERE removed_at IS NULL;
CREATE TABLE events (
    id             TEXT   NOT NULL PRIMARY KEY,
    institution_id TEXT   NOT NULL REFERENCES institutions (id),
    environment    TEXT   NOT NULL,
    kind           TEXT   NOT NULL,
    body           TEXT   NOT NULL,
    created_at     BIGINT NOT NULL
);
CREATE INDEX events_institution ON events (institution_id, environment, created_at, id);
-- The deliveries table is the queue. A lease is held until leased_until; whoever takes the delivery over writes a later value,
-- by which a worker that comes back late knows that it lost it. A single one (a test, a resend) is tried once.
CREATE TABLE deliveries (
    event_id        TEXT   NOT NULL REFERENCES events (id),
    endpoint_id     TEXT   NOT NULL REFERENCES webhook_endpoints (id),
    status          TEXT   NOT NULL,
    single          BIGINT NOT NULL DEFAULT 0,
    attempts        BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    leased_until    BIGINT NOT NULL,
    failure         TEXT,
    response_status BIGINT,
    response_body   TEXT,
    duration_ms     BIGINT,
    attempted_at    BIGINT,
    delivered_at    BIGINT,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (event_id, endpoint_id)
);
-- By endpoint first: what is queued for one that does not answer is never looked at on behalf of another.
CREATE INDEX deliveries_due ON deliveries (endpoint_id, next_attempt_at, event_id) WHERE status = 'pending';
CREATE INDEX deliveries_endpoint ON deliveries (endpoint_id, event_id);

-- Answers kept for retried requests, sealed because they may hold what is shown once.
CREATE TABLE idempotency (
    scope_digest  BYTEA  NOT NULL PRIMARY KEY,
    body_digest   BYTEA  NOT NULL,
    status        BIGINT NOT NULL,
    sealed_body   BYTEA  NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE INDEX idempotency_age ON idempotency (created_at);

-- What changed in a workspace, in order, each entry hashed with the one before. The head is the row that appending locks, and
-- what tells a log that was cut short.
CREATE TABLE audit_heads (
    institution_id TEXT   NOT NULL PRIMARY KEY REFERENCES institutions (id),
    sequence       BIGINT NOT NULL,
    digest         BYTEA  NOT NULL
);
CREATE TABLE audit_log (
    institution_id TEXT   NOT NULL REFERENCES institutions (id),
    sequence       BIGINT NOT NULL,
    action         TEXT   NOT NULL,
    subject        TEXT   NOT NULL,
    actor          TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    digest         BYTEA  NOT NULL,
    PRIMARY KEY (institution_id, sequence)
);
