-- What a user may do in the workspace: the ones there are made it, so they own it. One who was removed keeps its identifier, to which
-- the audit log points; address and password go.
ALTER TABLE institution_users ADD COLUMN role TEXT NOT NULL DEFAULT 'owner';
ALTER TABLE institution_users ADD COLUMN removed_at BIGINT;
CREATE INDEX institution_users_institution ON institution_users (institution_id);

-- Invitations that were neither accepted nor withdrawn; the link's token as a keyed digest.
CREATE TABLE institution_invitations (
    id             TEXT   NOT NULL PRIMARY KEY,
    institution_id TEXT   NOT NULL REFERENCES institutions (id),
    email          TEXT   NOT NULL,
    role           TEXT   NOT NULL,
    digest         BYTEA  NOT NULL UNIQUE,
    invited_by     TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    UNIQUE (institution_id, email)
);
CREATE INDEX institution_invitations_expiry ON institution_invitations (expires_at);
