-- A wallet moves to a new phone: the key in its backup binds the account to another device.
-- Tokens carry the generation they were made in; those of an earlier device end with it.
ALTER TABLE wallet_users ADD COLUMN device_generation BIGINT NOT NULL DEFAULT 0;
CREATE TABLE wallet_recovery_keys (
    user_id      TEXT   NOT NULL PRIMARY KEY REFERENCES wallet_users (id),
    recovery_key BYTEA  NOT NULL UNIQUE,
    created_at   BIGINT NOT NULL
);
