-- A read of a bank under way: its pages, sealed, until the claims are derived, and how far each account is. Both are cleared then, when the
-- link ends, and a day after the read broke off.
CREATE TABLE staged_pages (
    link_id     TEXT   NOT NULL REFERENCES bank_links (id),
    position    BIGINT NOT NULL,
    sealed_page BYTEA  NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (link_id, position)
);
CREATE INDEX staged_pages_age ON staged_pages (created_at);
-- Moves only after an account's last page. The account is named by a keyed digest.
CREATE TABLE bank_cursors (
    link_id        TEXT   NOT NULL REFERENCES bank_links (id),
    account_digest BYTEA  NOT NULL,
    through        TEXT   NOT NULL,
    PRIMARY KEY (link_id, account_digest)
);

-- When the holder last said that the bank may be read, and a withdrawal the bank has not heard of yet.
ALTER TABLE bank_links ADD COLUMN confirmed_at BIGINT;
ALTER TABLE bank_links ADD COLUMN sealed_withdrawal BYTEA;
ALTER TABLE bank_links ADD COLUMN withdrawal_attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bank_links ADD COLUMN withdrawal_due_at BIGINT;
CREATE INDEX bank_links_withdrawals ON bank_links (withdrawal_due_at) WHERE withdrawal_due_at IS NOT NULL;
