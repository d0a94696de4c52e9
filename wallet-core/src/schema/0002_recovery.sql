-- The key that this account's backups carry: whoever has it can bind the account to another phone, and nothing else.
CREATE TABLE recovery (
    account    INTEGER PRIMARY KEY REFERENCES account (id),
    seed       BLOB NOT NULL,
    registered INTEGER NOT NULL
) STRICT;
